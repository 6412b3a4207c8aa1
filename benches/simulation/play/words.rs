//! What ordinary people and firms write, in four languages: enough different sentences that no two letters are alike.

use super::rng::Rng;

/// One language.
pub(crate) struct Tongue {
    subjects: &'static [&'static str],
    greetings: &'static [&'static str],
    sentences: &'static [&'static str],
    closings: &'static [&'static str],
}

/// A letter without its envelope.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
}

/// All of them.
pub(crate) const TONGUES: &[Tongue] = &[ENGLISH, GERMAN, FRENCH, SPANISH];

impl Tongue {
    /// A letter of some sentences.
    pub(crate) fn letter(&self, name: &str, rng: &mut Rng) -> Letter {
        let number = rng.below(100_000).to_string();
        let mut paragraphs = vec![format!("{} {name},", rng.word(self.greetings))];
        for _ in 0..rng.between(1, 3) {
            let sentences: Vec<_> = (0..rng.between(1, 4)).map(|_| rng.word(self.sentences)).collect();
            paragraphs.push(sentences.join(" ").replace('#', &number));
        }
        paragraphs.push(rng.word(self.closings).to_owned());
        Letter { subject: rng.word(self.subjects).replace('#', &number), paragraphs }
    }
}

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
        "Re: your visit",
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
    closings: &["Un saludo", "Saludos cordiales", "Hasta pronto", "Muchas gracias"],
};
