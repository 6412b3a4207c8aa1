//! Where ordinary senders link to: careless rules on links would hit them.

use super::habit::Habit;
use super::rng::Rng;
use super::who::STAFF;

/// Sites that everybody links to.
const EVERYBODYS: &[&str] = &[
    "maps.everywhere.example",
    "www.railway.example",
    "meet.conference.example",
    "drive.cloudstore.example",
    "photos.cloudstore.example",
    "www.encyclopedia.example",
    "www.daily-paper.example",
    "www.video-site.example",
    "docs.officesuite.example",
    "www.weather.example",
];
/// Sites that hardly anybody links to.
const OTHERS: u64 = 5000;
/// Carriers that shops work with.
const CARRIERS: usize = 4;

/// The line with the link of a letter, where it has one.
pub(crate) fn of_letter(habit: Habit, number: usize, has_told: bool, domain: &str, rng: &mut Rng) -> Option<String> {
    let id = rng.below(1 << 24);
    let chance = rng.below(100);
    match habit {
        Habit::Shop | Habit::Viral if chance < 60 => {
            let carrier = if has_told && number.is_multiple_of(3) { number + 1 } else { number };
            Some(format!("https://track.carrier{}.example/parcel/{id}", carrier % CARRIERS))
        }
        Habit::HelpDesk if chance < 50 => Some(format!("https://help.{domain}/article/{}", id % 300)),
        Habit::HelpDesk if chance < 62 => Some(anywhere(rng)),
        Habit::Sales => Some(format!("https://book.appointments{}.example/{number}", number % 3)),
        Habit::Shop | Habit::Viral | Habit::HelpDesk | Habit::Machine | Habit::Forwarder => None,
        Habit::Alerts => Some(format!("https://status.{domain}/incident/{id}")),
        _ if chance < 14 => Some(format!("https://{}/{id:x}", rng.word(EVERYBODYS))),
        _ if chance < 20 => Some(anywhere(rng)),
        _ => None,
    }
}

/// The link that somebody who tells everybody has for them: new for him.
pub(crate) fn of_issue(habit: Habit, number: usize) -> Option<String> {
    match habit {
        Habit::Photos => Some(format!("https://photos.cloudstore.example/album/{number}")),
        Habit::Landlord => Some(format!("https://www.flat{number}.example/pictures")),
        Habit::Meetings => Some(format!("https://meet.conference.example/{number}")),
        Habit::School => Some(format!("https://forms.survey{}.example/parents/{number}", number % 2)),
        _ if number / 2 % 2 == 1 => None,
        Habit::Moved => Some(format!("https://www.new-name{number}.example/")),
        Habit::Migrating | Habit::NewCompany => Some(format!("https://www.new-name{}.example/", number / STAFF)),
        Habit::ByHand => Some(format!("https://tickets.festival{number}.example/")),
        Habit::Newsletter | Habit::Unannounced => Some(format!("https://www.partner{number}.example/autumn")),
        _ => None,
    }
}

/// A page of a site that is hardly ever linked to.
pub(crate) fn anywhere(rng: &mut Rng) -> String {
    format!("https://www.site{}.example/{:x}", rng.below(OTHERS), rng.below(1 << 20))
}
