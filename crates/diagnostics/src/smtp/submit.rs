//! One message handed over.

use customers::Address;
use wire::smtp::Reply;

use super::{Connection, SmtpError};

/// At which command a message was refused, and how.
pub(crate) struct Refusal {
    pub(crate) at: &'static str,
    pub(crate) reply: Reply,
}

/// Submits one message of ours to one recipient; the lines of `text` end in CRLF and none begins with a dot.
pub(crate) async fn submit(
    connection: &mut Connection,
    from: &Address,
    to: &Address,
    text: &str,
) -> Result<Result<Reply, Refusal>, SmtpError> {
    let steps = [
        ("MAIL", format!("MAIL FROM:<{from}>\r\n")),
        ("RCPT", format!("RCPT TO:<{to}>\r\n")),
        ("DATA", "DATA\r\n".into()),
    ];
    for (at, line) in steps {
        let reply = connection.dialogue.command(line.as_bytes()).await?;
        let wanted = if at == "DATA" { 3 } else { 2 };
        if reply.code() / 100 != wanted {
            return Ok(Err(Refusal { at, reply }));
        }
    }
    let reply = connection.dialogue.command(format!("{text}.\r\n").as_bytes()).await?;
    Ok(if reply.is_positive() { Ok(reply) } else { Err(Refusal { at: "the end of the message", reply }) })
}
