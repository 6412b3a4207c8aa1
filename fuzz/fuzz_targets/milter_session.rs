//! Any packets, rightly framed, after the negotiation: the state machine and the macros.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::milter::{Actions, Command, Dialogue, Frame, Steps, Wanted};

static WANTED: Wanted =
    Wanted { actions: Actions::SET_MACROS, steps: Steps::SKIP, steps_without_skip: Steps::NO_REPLY_BODY, macros: &[] };
const OFFER: &[u8] = b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff";

fuzz_target!(|packets: Vec<(u8, Vec<u8>)>| {
    let mut dialogue = Dialogue::new(&WANTED);
    let offer = (b'O', OFFER.to_vec());
    for (command, data) in std::iter::once(&offer).chain(&packets) {
        let Ok(command) = Command::parse(Frame { command: *command, data }) else { return };
        if dialogue.hear(&command).is_err() {
            return;
        }
        let _ = dialogue.macros().value("auth_authen");
    }
});
