//! What ordinary people and firms write, in four languages: enough different sentences that no two letters are alike.

use super::rng::Rng;

/// One language.
pub(crate) struct Tongue {
    subjects: &'static [&'static str],
    greetings: &'static [&'static str],
    sentences: &'static [&'static str],
    /// A beginning, what it is about, what is the matter with it, and when: one of each makes a sentence.
    slots: [&'static [&'static str]; 4],
    closings: &'static [&'static str],
}

/// A letter without its envelope.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
}

/// What stands before the subject of an answer.
const ANSWER: &str = "Re: ";

impl Letter {
    /// An answer to it, which quotes it below.
    pub(crate) fn answered(&self, mut paragraphs: Vec<String>) -> Self {
        paragraphs.extend(self.paragraphs.iter().map(|text| format!("> {text}")));
        Self { subject: format!("{ANSWER}{}", self.subject), paragraphs }
    }

    /// Whether it is one.
    pub(crate) fn is_answer(&self) -> bool {
        self.subject.starts_with(ANSWER)
    }
}

/// All of them.
pub(crate) const TONGUES: &[Tongue] = &[ENGLISH, GERMAN, FRENCH, SPANISH];

impl Tongue {
    /// A letter of some sentences.
    pub(crate) fn letter(&self, name: &str, rng: &mut Rng) -> Letter {
        let number = rng.below(100_000).to_string();
        let mut paragraphs = vec![format!("{} {name},", rng.word(self.greetings))];
        for _ in 0..rng.between(1, 3) {
            let sentences: Vec<_> = (0..rng.between(1, 4)).map(|_| self.sentence(rng)).collect();
            paragraphs.push(sentences.join(" ").replace('#', &number));
        }
        paragraphs.push(rng.word(self.closings).to_owned());
        Letter { subject: rng.word(self.subjects).replace('#', &number), paragraphs }
    }
}

impl Tongue {
    /// One in four is ready-made; the others are put together, so that hardly any two letters share many pairs of words.
    fn sentence(&self, rng: &mut Rng) -> String {
        if rng.percent(25) {
            return rng.word(self.sentences).to_owned();
        }
        let words: Vec<_> = self.slots.iter().map(|slot| rng.word(slot)).collect();
        format!("{}.", words.join(" "))
    }
}

/// Surnames, for addresses and domains.
pub(crate) const SURNAMES: &[&str] = &[
    "Keller",
    "Moreau",
    "Hughes",
    "Navarro",
    "Lindner",
    "Baker",
    "Fontaine",
    "Ortega",
    "Vogel",
    "Carter",
    "Lambert",
    "Molina",
    "Becker",
    "Foster",
    "Girard",
    "Romero",
    "Hartmann",
    "Palmer",
    "Chevalier",
    "Serrano",
    "Winter",
    "Walsh",
    "Renard",
    "Castillo",
    "Brandt",
    "Porter",
    "Marchand",
    "Aguilar",
    "Seidel",
];

/// What firms and places are called.
pub(crate) const PLACES: &[&str] = &[
    "garden",
    "metall",
    "atelier",
    "clinica",
    "school",
    "verlag",
    "boulangerie",
    "motor",
    "harbour",
    "holzbau",
    "librairie",
    "viajes",
    "dental",
    "orchester",
    "jardin",
    "taller",
    "museum",
];

/// First names, for greetings and signatures.
pub(crate) const NAMES: &[&str] = &[
    "Anna", "Martin", "Susan", "Paul", "Claire", "Jean", "Maria", "Diego", "Ingrid", "Thomas", "Lucy", "Peter",
    "Nadine", "Olga", "Henri", "Rosa", "Felix", "Emma", "Carlos", "Sophie",
];

const ENGLISH: Tongue = Tongue {
    subjects: &[
        "Meeting on Thursday",
        "Draft of the report",
        "Offer #",
        "Question about the delivery",
        "Photos from Sunday",
        "Your visit in March",
        "Invoice #",
        "Minutes of the meeting",
        "Timetable for next week",
        "Thank you",
    ],
    greetings: &["Hello", "Hi", "Dear", "Good morning"],
    sentences: &[
        "Please find the figures for last month below.",
        "The delivery of order # has been moved to Friday.",
        "Could you send me the plan of the second floor again?",
        "I have talked to the carpenter and he can come on Monday.",
        "The meeting starts at half past nine in the small room.",
        "Our invoice # is attached as usual.",
        "We were very happy with the weekend and the children still talk about it.",
        "The printer in the office is repaired, you can use it again.",
        "I will be on holiday until the twelfth.",
        "Let me know whether the text is all right like that.",
        "The sample has arrived and looks good to me.",
        "We have to change the date because the hall is taken.",
        "Here is the link to the timetable of the bus.",
        "The tax office has asked for the receipt of March.",
        "I have put the photographs in the shared folder.",
        "Your book is still here, I will bring it along.",
        "The new colleague starts on the first of the month.",
    ],
    slots: [
        &[
            "As agreed,",
            "By the way,",
            "On Monday we saw that",
            "Peter told me that",
            "I have just heard that",
            "You asked whether",
            "It seems that",
            "Please note that",
            "We are glad that",
            "The neighbours think that",
            "My sister writes that",
            "So far",
            "According to the list",
            "Unfortunately",
            "As you know,",
            "At the moment",
        ],
        &[
            "the plan for the garden",
            "the second coat of paint",
            "our stand at the fair",
            "the contract with the gardener",
            "the bicycle in the cellar",
            "the concert in the old church",
            "the key of the back door",
            "your sketch for the kitchen",
            "the train to the coast",
            "the cake for Emma's birthday",
            "the list of members",
            "the machine in hall three",
            "the lecture about bees",
            "the estimate for the roof",
            "the parcel from the tailor",
            "the room for the choir",
        ],
        &[
            "is ready",
            "has to be changed",
            "came out better than I had thought",
            "costs a little more",
            "is still missing",
            "will be picked up",
            "looks fine",
            "was too large for the car",
            "needs another signature",
            "has been moved",
            "can be seen by everybody",
            "is in good hands",
            "must not be forgotten",
            "was a great success",
            "fits well",
        ],
        &[
            "since Tuesday",
            "before the holidays",
            "in the second week of May",
            "this time",
            "after lunch",
            "for the first time in years",
            "until the end of the month",
            "on the ground floor",
            "without any trouble",
            "as in the year before",
            "by the way we did it last",
            "because of the weather",
            "in spite of the rain",
            "from next week on",
            "at the usual place",
            "with a few small changes",
        ],
    ],
    closings: &["Best regards", "Kind regards", "See you soon", "Many thanks"],
};

const GERMAN: Tongue = Tongue {
    subjects: &[
        "Termin am Donnerstag",
        "Entwurf des Berichts",
        "Angebot #",
        "Frage zur Lieferung",
        "Fotos vom Sonntag",
        "Rechnung #",
        "Protokoll der Sitzung",
        "Stundenplan",
        "Vielen Dank",
        "Ihre Anfrage vom Montag",
    ],
    greetings: &["Hallo", "Guten Tag", "Lieber", "Liebe"],
    sentences: &[
        "anbei die Zahlen des letzten Monats.",
        "Die Lieferung zum Auftrag # kommt erst am Freitag.",
        "Können Sie mir den Plan des zweiten Stocks noch einmal schicken?",
        "Der Tischler kann am Montag kommen.",
        "Die Sitzung beginnt um halb zehn im kleinen Saal.",
        "Die Rechnung # liegt wie immer bei.",
        "Das Wochenende war sehr schön, die Kinder reden noch davon.",
        "Der Drucker im Büro geht wieder.",
        "Ich bin bis zum zwölften im Urlaub.",
        "Sagen Sie mir bitte, ob der Text so in Ordnung ist.",
        "Das Muster ist angekommen und sieht gut aus.",
        "Wir müssen den Termin verschieben, der Saal ist belegt.",
        "Das Finanzamt möchte den Beleg vom März.",
        "Ihr Buch liegt noch hier, ich bringe es mit.",
    ],
    slots: [
        &[
            "Wie besprochen ist",
            "Übrigens ist",
            "Seit Montag ist",
            "Laut Peter ist",
            "Soweit ich weiß, ist",
            "Leider ist",
            "Zum Glück ist",
            "Nach der Probe ist",
            "Für alle Fälle ist",
            "Wie jedes Jahr ist",
            "Im Augenblick ist",
            "Nebenbei gesagt ist",
            "Bei uns ist",
        ],
        &[
            "der Plan für den Garten",
            "das Fahrrad im Keller",
            "der Schlüssel zur Hintertür",
            "die Skizze für die Küche",
            "das Konzert in der alten Kirche",
            "der Vertrag mit dem Gärtner",
            "die Liste der Mitglieder",
            "die Maschine in Halle drei",
            "der Vortrag über Bienen",
            "der Kostenvoranschlag für das Dach",
            "das Paket vom Schneider",
            "der Raum für den Chor",
            "der Kuchen für Emma",
            "unser Stand auf der Messe",
        ],
        &[
            "fast fertig",
            "etwas teurer geworden",
            "noch nicht da",
            "zu groß für das Auto",
            "in guten Händen",
            "besser als gedacht",
            "noch einmal zu ändern",
            "für alle zu sehen",
            "ein großer Erfolg gewesen",
            "verschoben worden",
            "wieder frei",
            "genau richtig",
        ],
        &[
            "seit Dienstag",
            "vor den Ferien",
            "in der zweiten Maiwoche",
            "nach dem Mittagessen",
            "bis zum Ende des Monats",
            "im Erdgeschoss",
            "ganz ohne Mühe",
            "wie im Jahr davor",
            "wegen des Wetters",
            "trotz des Regens",
            "ab nächster Woche",
            "am gewohnten Ort",
        ],
    ],
    closings: &["Mit freundlichen Grüßen", "Viele Grüße", "Bis bald", "Herzlichen Dank"],
};

const FRENCH: Tongue = Tongue {
    subjects: &[
        "Réunion de jeudi",
        "Projet de rapport",
        "Devis #",
        "Question sur la livraison",
        "Photos de dimanche",
        "Facture #",
        "Compte rendu",
        "Horaires de la semaine",
        "Merci",
        "Votre demande de lundi",
    ],
    greetings: &["Bonjour", "Chère", "Cher", "Salut"],
    sentences: &[
        "Voici les chiffres du mois dernier.",
        "La livraison de la commande # est reportée à vendredi.",
        "Pouvez-vous me renvoyer le plan du deuxième étage ?",
        "Le menuisier peut venir lundi matin.",
        "La réunion commence à neuf heures et demie dans la petite salle.",
        "Notre facture # est jointe comme d'habitude.",
        "Le week-end était très beau et les enfants en parlent encore.",
        "L'imprimante du bureau est réparée.",
        "Je suis en congé jusqu'au douze.",
        "Dites-moi si le texte vous convient ainsi.",
        "L'échantillon est arrivé, il me semble bien.",
        "Il faut changer la date, la salle est prise.",
        "Votre livre est encore ici, je l'apporterai.",
    ],
    slots: [
        &[
            "Comme convenu,",
            "Au fait,",
            "Depuis lundi",
            "Paul m'a dit que",
            "Je viens d'apprendre que",
            "Il me semble que",
            "Heureusement",
            "Malheureusement",
            "Pour le moment",
            "D'après la liste",
            "Comme vous savez,",
            "Chez nous",
        ],
        &[
            "le plan du jardin",
            "le vélo de la cave",
            "la clé de la porte de derrière",
            "l'esquisse pour la cuisine",
            "le concert de la vieille église",
            "le contrat avec le jardinier",
            "la liste des membres",
            "la machine de l'atelier",
            "la conférence sur les abeilles",
            "le devis pour le toit",
            "le colis du tailleur",
            "la salle de la chorale",
            "le gâteau pour Emma",
            "notre stand à la foire",
        ],
        &[
            "reste à changer",
            "coûte un peu plus",
            "manque encore",
            "semble très bien",
            "attend une signature",
            "prend trop de place",
            "plaît à tout le monde",
            "arrive plus tôt",
            "se trouve en bonnes mains",
            "convient parfaitement",
            "demande encore du travail",
        ],
        &[
            "depuis mardi",
            "avant les vacances",
            "la deuxième semaine de mai",
            "après le déjeuner",
            "jusqu'à la fin du mois",
            "au rez-de-chaussée",
            "sans aucun souci",
            "comme l'an passé",
            "à cause du temps",
            "malgré la pluie",
            "à l'endroit habituel",
            "avec quelques retouches",
        ],
    ],
    closings: &["Cordialement", "Bien à vous", "À bientôt", "Merci beaucoup"],
};

const SPANISH: Tongue = Tongue {
    subjects: &[
        "Reunión del jueves",
        "Borrador del informe",
        "Presupuesto #",
        "Pregunta sobre la entrega",
        "Fotos del domingo",
        "Factura #",
        "Acta de la reunión",
        "Horario de la semana",
        "Gracias",
        "Su consulta del lunes",
    ],
    greetings: &["Hola", "Buenos días", "Estimada", "Estimado"],
    sentences: &[
        "Estas son las cifras del mes pasado.",
        "La entrega del pedido # se retrasa hasta el viernes.",
        "¿Puede enviarme otra vez el plano de la segunda planta?",
        "El carpintero puede venir el lunes.",
        "La reunión empieza a las nueve y media en la sala pequeña.",
        "Adjuntamos la factura # como siempre.",
        "El fin de semana fue muy bonito y los niños todavía hablan de él.",
        "La impresora de la oficina ya funciona.",
        "Estoy de vacaciones hasta el día doce.",
        "Dígame si el texto está bien así.",
        "La muestra ha llegado y me parece buena.",
        "Tenemos que cambiar la fecha porque la sala está ocupada.",
    ],
    slots: [
        &[
            "Como acordamos,",
            "Por cierto,",
            "Desde el lunes",
            "Diego me contó que",
            "Acabo de saber que",
            "Me parece que",
            "Por suerte",
            "Por desgracia",
            "De momento",
            "Según la lista",
            "Como sabes,",
            "En nuestra casa",
        ],
        &[
            "el plano del jardín",
            "la bicicleta del sótano",
            "la llave de la puerta trasera",
            "el boceto para la cocina",
            "el concierto de la iglesia vieja",
            "el contrato con el jardinero",
            "la lista de socios",
            "la máquina del taller",
            "la charla sobre abejas",
            "el presupuesto del tejado",
            "el paquete del sastre",
            "la sala del coro",
            "la tarta para Emma",
            "nuestro puesto en la feria",
        ],
        &[
            "queda por cambiar",
            "cuesta un poco más",
            "falta todavía",
            "parece muy bien",
            "espera una firma",
            "ocupa demasiado sitio",
            "gusta a todo el mundo",
            "llega antes",
            "está en buenas manos",
            "encaja perfectamente",
            "necesita más trabajo",
        ],
        &[
            "desde el martes",
            "antes de las vacaciones",
            "la segunda semana de mayo",
            "después de comer",
            "hasta fin de mes",
            "en la planta baja",
            "sin ningún problema",
            "como el año pasado",
            "por culpa del tiempo",
            "a pesar de la lluvia",
            "en el lugar de siempre",
            "con algunos retoques",
        ],
    ],
    closings: &["Un saludo", "Saludos cordiales", "Hasta pronto", "Muchas gracias"],
};
