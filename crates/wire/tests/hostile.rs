//! Hostile peers: garbage, cut packets and every order of commands, at every phase. Nothing may panic, hang or grow.

#![cfg(test)]

use proptest::prelude::*;
use wire::milter::{Actions, Command, Dialogue, Due, Fault, Frame, Inbox, MAX_FRAME, MacroStage, Phase, Steps, Wanted};

static WANTED: Wanted = Wanted {
    actions: Actions::SET_MACROS,
    steps: Steps::NO_REPLY_HEADER,
    steps_without_skip: Steps::NO_REPLY_BODY,
    macros: &[(MacroStage::EndOfHeaders, "i"), (MacroStage::EndOfMessage, "i")],
};

/// A well-formed packet of each command.
const PACKETS: [(u8, &[u8]); 15] = [
    (b'O', b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff"),
    (b'D', b"Mi\0Q1\0"),
    (b'C', b"host.example\x004\x12\x67192.0.2.1\0"),
    (b'H', b"host.example\0"),
    (b'M', b"<a@a.example>\0"),
    (b'R', b"<b@b.example>\0"),
    (b'T', b""),
    (b'L', b"Subject\0hello\0"),
    (b'N', b""),
    (b'B', b"body\r\n"),
    (b'E', b""),
    (b'A', b""),
    (b'U', b"FOO\0"),
    (b'Q', b""),
    (b'K', b""),
];

/// The commands that lead to each phase.
const PHASES: [(Phase, &str); 6] = [
    (Phase::Unnegotiated, ""),
    (Phase::Negotiated, "O"),
    (Phase::Connected, "OC"),
    (Phase::Envelope, "OCHMR"),
    (Phase::Header, "OCHMRL"),
    (Phase::Body, "OCHMRLN"),
];

fn packet(command: u8) -> (u8, &'static [u8]) {
    *PACKETS.iter().find(|(byte, _)| *byte == command).unwrap()
}

fn hear(dialogue: &mut Dialogue, command: u8, data: &[u8]) -> Result<Due, Fault> {
    dialogue.hear(&Command::parse(Frame { command, data })?)
}

fn at(path: &str) -> Dialogue {
    let mut dialogue = Dialogue::new(&WANTED);
    for command in path.bytes() {
        let (command, data) = packet(command);
        hear(&mut dialogue, command, data).unwrap();
    }
    dialogue
}

#[test]
fn which_command_may_come_in_which_phase() {
    let legal = ["OQ", "DUQKAC", "DUQKAHM", "DUQKAHMRTLNBE", "DUQKAMLNBE", "DUQKAMBE"];
    for ((phase, path), legal) in PHASES.into_iter().zip(legal) {
        assert_eq!(at(path).phase(), phase);
        for (command, data) in PACKETS {
            let heard = hear(&mut at(path), command, data);
            let expected = legal.as_bytes().contains(&command);
            assert_eq!(heard.is_ok(), expected, "{} in {phase:?}", char::from(command));
        }
    }
}

#[test]
fn garbage_is_a_fault_in_every_phase() {
    for (_, path) in PHASES {
        for command in 0..=255u8 {
            for data in [&b""[..], b"\0", b"\xff\xff\xff\xff", b"no end", &[0xff; 300]] {
                let heard = hear(&mut at(path), command, data);
                if !b"ODCHMRTLNBEAUQK".contains(&command) {
                    assert_eq!(heard, Err(Fault::UnknownCommand(command)));
                }
            }
        }
    }
}

#[test]
fn every_packet_cut_anywhere_is_either_right_or_malformed() {
    for (_, path) in PHASES {
        for (command, data) in PACKETS {
            for length in 0..data.len() {
                let heard = hear(&mut at(path), command, &data[..length]);
                let right = matches!(heard, Ok(_) | Err(Fault::Malformed(_) | Fault::OutOfOrder(_)));
                assert!(right, "{heard:?}");
            }
        }
    }
}

#[test]
fn a_session_of_several_messages_goes_every_known_way() {
    for path in [
        "OCHMRTLLNBBEMRTLNBE",   // Sendmail: no abort between messages
        "ODCDHDMDRDTDLDNDBDEAA", // Postfix: macros before everything, an abort after the message and one before Q
        "OCHMMR",                // a refused MAIL, no abort
        "OCHHMRAMRLNE",          // HELO after STARTTLS, RSET, a message without body
        "OCHMRLNBEKCHMRLNBEQ",   // another client on the same connection
        "OCMRTRTLNBE",           // no HELO; DATA refused by the MTA, then another recipient
        "OCHMAUQ",               // an unknown command
        "OCHMRLM",               // an MTA that lost its client within the content and does not say so
    ] {
        at(path);
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_end_in_frames_or_a_fault(bytes: Vec<u8>, piece in 1usize..64) {
        let mut inbox = Inbox::default();
        let mut dialogue = Dialogue::new(&WANTED);
        'read: for part in bytes.chunks(piece) {
            inbox.push(part);
            loop {
                match inbox.next_frame() {
                    Ok(Some(frame)) => {
                        prop_assert!(frame.data.len() < MAX_FRAME);
                        let Ok(command) = Command::parse(frame) else { break 'read };
                        if dialogue.hear(&command).is_err() { break 'read }
                    }
                    Ok(None) => break,
                    Err(_) => break 'read,
                }
            }
        }
    }

    #[test]
    fn any_order_of_packets_is_heard_or_refused(order in proptest::collection::vec(0usize..15, 0..60)) {
        let mut dialogue = Dialogue::new(&WANTED);
        for index in order {
            let (command, data) = PACKETS[index];
            if hear(&mut dialogue, command, data).is_err() { break }
        }
    }

    #[test]
    fn a_reply_is_never_due_for_what_nobody_waits_for(path in 0usize..6, index in 0usize..15) {
        let (command, data) = PACKETS[index];
        if let Ok(due) = hear(&mut at(PHASES[path].1), command, data) {
            prop_assert_eq!(due == Due::Nothing, b"DLAQK".contains(&command));
        }
    }
}
