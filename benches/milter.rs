//! The packets of one message, as Postfix sends them, decoded and followed: what the protocol costs without sockets.
#![allow(clippy::expect_used, missing_docs, reason = "a bench that can't set its stage must stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wire::milter::{Actions, Command, Dialogue, Inbox, MacroStage, Steps, Wanted};

static WANTED: Wanted = Wanted {
    actions: Actions::SET_MACROS,
    steps: Steps::NO_REPLY_HEADER,
    steps_without_skip: Steps::NO_REPLY_HEADER,
    macros: &[(MacroStage::Mail, "i {auth_authen}")],
};

fn packets(criterion: &mut Criterion) {
    let session = session();
    let mut group = criterion.benchmark_group("milter");
    group.throughput(Throughput::Bytes(session.len() as u64));
    group.bench_function("message of 25 fields and 8 KiB", |bencher| bencher.iter(|| black_box(follow(&session))));
    group.finish();
}

/// A whole connection; the number of commands heard.
fn follow(bytes: &[u8]) -> usize {
    let mut inbox = Inbox::default();
    let mut dialogue = Dialogue::new(&WANTED);
    let mut heard = 0;
    // As much as one read of a socket brings.
    for chunk in bytes.chunks(16 << 10) {
        inbox.push(chunk);
        while let Some(frame) = inbox.next_frame().expect("whole frames") {
            let command = Command::parse(frame).expect("commands");
            dialogue.hear(&command).expect("in order");
            heard += 1;
        }
    }
    heard
}

fn session() -> Vec<u8> {
    let mut bytes = Vec::new();
    let offer = [6u32, 0x1ff, 0x1f_ffff].map(u32::to_be_bytes).concat();
    packet(&mut bytes, b'O', &offer);
    packet(&mut bytes, b'D', b"C{daemon_name}\0smtps\0{client_addr}\x00192.0.2.7\0");
    packet(&mut bytes, b'C', b"client.example\x004\x12\x67192.0.2.7\0");
    packet(&mut bytes, b'H', b"client.example\0");
    packet(&mut bytes, b'D', b"M{auth_type}\0PLAIN\0{auth_authen}\0bob@shop.example\0{mail_addr}\0bob@shop.example\0");
    packet(&mut bytes, b'M', b"<bob@shop.example>\0");
    packet(&mut bytes, b'D', b"R{rcpt_mailer}\0smtp\0");
    packet(&mut bytes, b'R', b"<friend@recipient.example>\0");
    for number in 0..25 {
        // Postfix sends macros before every command, empty lists too.
        packet(&mut bytes, b'D', b"L");
        packet(
            &mut bytes,
            b'L',
            format!("X-Field-{number}\0 a value as long as they usually are, {number}\0").as_bytes(),
        );
    }
    packet(&mut bytes, b'N', b"");
    packet(&mut bytes, b'B', &b"A line of text as people write them, ended by CR LF.\r\n".repeat(150));
    packet(&mut bytes, b'E', b"");
    packet(&mut bytes, b'Q', b"");
    bytes
}

fn packet(out: &mut Vec<u8>, command: u8, data: &[u8]) {
    let length = u32::try_from(data.len() + 1).expect("a short packet");
    out.extend_from_slice(&length.to_be_bytes());
    out.push(command);
    out.extend_from_slice(data);
}

criterion_group!(benches, packets);
criterion_main!(benches);
