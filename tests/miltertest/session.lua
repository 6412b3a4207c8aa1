-- Two messages and one that is given up on one connection, as an MTA sends them; without DATA, which Portreeve asks
-- not to be sent. `socket` is given with -D.

function must(what, got, wanted)
    if got ~= wanted then
        error(what .. ": expected " .. tostring(wanted) .. ", got " .. tostring(got))
    end
end

function proceed(what)
    must(what, mt.getreply(conn), SMFIR_CONTINUE)
end

function envelope(sender)
    mt.macro(conn, SMFIC_MAIL, "i", "4abc", "{auth_authen}", "alice@shop.example", "{auth_type}", "PLAIN")
    must("MAIL", mt.mailfrom(conn, "<" .. sender .. ">"), nil)
    proceed("MAIL")
    must("RCPT", mt.rcptto(conn, "<friend@near.example>"), nil)
    proceed("RCPT")
end

function content()
    mt.header(conn, "From", "Alice <alice@shop.example>")
    mt.header(conn, "To", "A friend <friend@near.example>")
    mt.header(conn, "Subject", "The garden on Sunday")
    mt.header(conn, "Date", "Sat, 21 Nov 2026 10:00:00 +0000")
    mt.header(conn, "Message-ID", "<garden@shop.example>")
    mt.eoh(conn)
    mt.bodystring(conn, "Shall we meet at ten? I bring the tools.\r\n")
end

conn = mt.connect("unix:" .. socket)
if conn == nil then error("no connection to " .. socket) end
must("CONNECT", mt.conninfo(conn, "host.example", "192.0.2.14"), nil)
proceed("CONNECT")
must("HELO", mt.helo(conn, "client.example"), nil)

for _ = 1, 2 do
    envelope("alice@shop.example")
    content()
    must("end of data", mt.eom(conn), nil)
    local verdict = mt.getreply(conn)
    if verdict ~= SMFIR_CONTINUE and verdict ~= SMFIR_ACCEPT then error("honest mail was refused") end
end

envelope("alice@shop.example")
must("ABORT", mt.abort(conn), nil)
envelope("alice@shop.example")
mt.disconnect(conn)
