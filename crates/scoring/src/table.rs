//! Every signal with its points, its sentence, and the reason a hosting provider accepts it: the one place for all three.
//!
//! 100 is spam. No weak signal comes near it alone; those that do (a program attached) are refused almost everywhere.
//! `config/signals.md` is this table, rendered; a test keeps it current.

use std::fmt::Write;

/// One signal.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name, in snake_case: file, configuration, metric, case file.
    pub name: &'static str,
    /// What it looks at.
    pub family: &'static str,
    /// What it adds to a score, at most.
    pub points: i32,
    /// What is said about a hit; `{}` stands for what was seen.
    pub sentence: &'static str,
    /// Why ordinary customers do not do this, or why it weighs so little.
    pub reason: &'static str,
}

/// The row of that name.
pub fn row(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

/// The table as a document for operators, in Markdown.
pub fn render() -> String {
    let mut out = String::from(HEAD);
    let mut family = "";
    for row in TABLE {
        if row.family != family {
            family = row.family;
            // Writing to a String cannot fail.
            let _ = write!(out, "\n## {family}\n\n| signal | points | says | why |\n|---|---:|---|---|\n");
        }
        let says = row.sentence.replace("{}", "…");
        let _ = writeln!(out, "| `{}` | {} | {says} | {} |", row.name, row.points, row.reason);
    }
    out
}

/// The family of signals that come from what was seen before of other messages.
pub const SAMENESS: &str = "Sameness";

const HEAD: &str = "# Signals\n\n\
    Every signal that Portreeve looks for, with the most points it gives; some give less when less of it is seen.\n\
    100 points are spam by default. Change single signals with `score.points` in the configuration; 0 switches one off.\n\
    This file is written from the program's own table (`PORTREEVE_BLESS=1 cargo test -p portreeve-scoring`).\n";

macro_rules! table {
    ($($family:literal { $($name:ident $points:literal $sentence:literal $reason:literal;)* })*) => {
        /// All signals, by family.
        pub const TABLE: &[Row] = &[$($(Row {
            name: stringify!($name),
            family: $family,
            points: $points,
            sentence: $sentence,
            reason: $reason,
        }),*),*];
    };
}

table! {
    "Header" {
        from_missing 40 "There is no From field."
            "A message must name its author (RFC 5322 3.6); servers add Date and Message-ID, never From.";
        from_repeated 50 "There are {} From fields."
            "One is allowed (RFC 5322 3.6); several show filter and reader different senders.";
        header_repeated 15 "The field {} stands there more than once."
            "It may stand once (RFC 5322 3.6). Clumsy web programs do it as well.";
        header_malformed 15 "A header line is no field: {}"
            "Mail programs write fields; hand-made senders break lines.";
        header_raw_bytes 8 "The field {} holds unencoded bytes."
            "Mail programs encode them (RFC 2047); old web forms forget it too.";
        date_missing 5 "There is no Date field."
            "Mail programs write one (RFC 5322 3.6); many servers add it, hence the few points.";
        date_invalid 15 "The Date field is no date."
            "No mail program writes that.";
        date_far 25 "The message is dated {}."
            "Drafts wait some weeks; a date further off puts the message first or last in the reader's list.";
        message_id_malformed 10 "The Message-ID is none: {}"
            "Mail programs write <left@right> (RFC 5322 3.6.4); a missing one is ordinary and costs nothing.";
        mailer_forged 40 "It says it was written by {}, which writes other boundaries."
            "A borrowed name is there to look like a person's mail program.";
        message_id_forged 40 "Its Message-ID is not that of the program it names: {}"
            "A borrowed name is there to look like a person's mail program.";
        encoded_word_broken 10 "The field {} has encoded words nobody can read."
            "Mail programs name charsets that exist (RFC 2047).";
        encoded_word_needless 5 "The field {} is encoded and need not be."
            "It hides words from simple filters; some web programs encode everything, hence the few points.";
        encoded_word_chopped 25 "The subject is encoded in bits and pieces: {}"
            "Mail programs fill encoded words up, in one charset (RFC 2047 2).";
        date_zone 25 "The Date is in a time zone that does not exist: {}"
            "Clocks are set by people, zones by governments.";
        web_script_hidden 80 "It was written by a script that hides on a web server: {}"
            "Web programs send from their own files; evaluated text and upload folders are where intruders hide theirs.";
        thread_made_up 20 "It quotes a mail as if in answer, and replies to none: {}"
            "Mail programs name what they reply to; together with the subject's Re: it earns both.";
        reply_to_strangers 60 "It is one of many answers to people the sender has never written to: {}"
            "Phishing in stolen conversations. Who answers new people every day has a past of doing so; it takes a link or a file, too.";
        mailer_spamware 80 "It was sent with {}, a program made for bulk mail from stolen accounts."
            "No customer has a use for it.";
        subject_shouting 15 "The subject is all in capitals: {}"
            "Rare in ordinary mail; abbreviations and ticket numbers are short.";
        subject_gaps 30 "The subject has a wide gap: {}"
            "It hides a serial number from the reader.";
        subject_serial 25 "The subject ends in a random token: {}"
            "It makes every copy different, to defeat comparison.";
        subject_hype 20 "The subject advertises: {}"
            "Shops do it now and then, hence the few points.";
        subject_fake_reply 20 "The subject claims a reply, and nothing is replied to: {}"
            "Mail programs name what they reply to; some ticket systems do not.";
    }
    "Sender" {
        name_shows_address 40 "The sender's name shows another address: {}"
            "Mail programs show the name only, so the reader takes it for the address.";
        name_shows_brand 50 "The sender calls itself {}."
            "The brand sends from its own domain.";
        name_brand_link 70 "The sender calls itself by a brand's name, and so does somebody's link: {}"
            "Nobody but a phisher has both; a mailing service's customers send from their own domain, or from its.";
        from_lookalike 60 "The sender's domain looks like a brand's: {}"
            "One letter off, or the brand beside a word such as login: nobody else's firm is called so.";
        reply_to_freemail 25 "Answers go to a free mailbox: {}"
            "Firms answer at their own address. Web forms that write to their owner are left out.";
        from_freemail_foreign 20 "From names a free mailbox: {}"
            "Such mail fails DMARC wherever it arrives; its owner sends from there.";
        from_not_allowed 60 "From says what this login may not write: {}"
            "Off until [[identity_allow]] says what it may; then nobody else has a reason to.";
        from_not_login 8 "From names another domain than the login: {}"
            "Customers have aliases and several domains, hence the few points.";
        from_risky_tld 15 "The sender's domain {} is in a top-level domain full of throw-away names."
            "A hint; honest names are there too.";
        name_decorated 30 "The sender's name is decorated: {}"
            "Shops decorate subjects; a name is what the reader knows them by.";
        sender_unrelated 30 "The sender's name, his address and his links have nothing in common: all lead to {}."
            "A firm's name stands in its address or its links lead home. Small firms write from a provider's mailbox, hence the few points.";
        name_shows_recipient 40 "The sender's name shows the recipient's own domain: {}"
            "It poses as the recipient's administrator. Firms that name their customers in From are rare.";
        reply_to_elsewhere 8 "Answers go to another domain: {}"
            "Agencies and services do it as well, hence the few points.";
        sender_foreign 8 "The Sender field names another domain: {}"
            "Neither From nor the login knows it. Forwarded mail has some of it, hence the few points.";
        mail_from_foreign 8 "Bounces go to another domain: {}"
            "Neither From nor the login knows it. Forwarding rewrites it, hence the few points; lists are left out.";
        helo_foreign 25 "The client says that it is {}."
            "A free mail provider's servers don't log in here; programs made for spam borrow their names.";
        helo_other_address 10 "The client names another address than its own: {}"
            "Mail programs name their own or a private one; some sit behind two routers.";
        listed_sender 60 "A domain of the sender is listed: {}"
            "Off until the configuration names a list; its operators have seen the domain in spam.";
        listed_client 40 "The client's address is listed: {}"
            "Off until the configuration names a list; ask those of infected hosts, not of dynamic ranges.";
        sender_no_domain 50 "The domain of From does not exist: {}"
            "Nobody could answer, and receivers refuse it. Looked up only where reputation.domains_exist is set.";
        spf_not_ours 10 "The domain of MAIL FROM says that its mail comes from elsewhere (SPF): {}"
            "Forwarders that keep the sender do so honestly, hence the few points. Off until reputation.mail_authentication is set.";
        dkim_invalid 10 "It is signed, and receivers can't verify it (DKIM): {}"
            "Mailing lists and footers break signatures too, hence the few points. Off until reputation.mail_authentication is set.";
        dmarc_will_refuse 30 "Receivers will act on what the domain of From demands (DMARC): {}"
            "Nobody pretends to be a bank by chance. A customer who forgot his own records, and lists, are hit as well, hence no more points.";
        young_domain 40 "A domain is days old: {}"
            "Off until a list of young domains is named. Firms are founded too, hence no more points.";
        to_missing 10 "Neither To nor Cc names a recipient."
            "Clubs hide recipients as well, hence the few points.";
        to_self 20 "It is addressed to its own sender and goes to others: {}"
            "Hidden recipients, dressed up as a note to oneself.";
        many_recipients 15 "One copy goes to {} recipients and is not marked as a list."
            "Newsletters go out one by one or carry List-Unsubscribe.";
    }
    "Structure" {
        mime_broken 25 "Its MIME structure is broken: {}"
            "No mail program writes that; it makes filter and reader see different parts.";
        encoding_broken 10 "An encoded part holds bytes that do not belong there."
            "Readers decode it all the same, filters stumble.";
        charset_unknown 15 "A part is in a charset nobody knows: {}"
            "Mail programs name charsets that exist.";
        charset_invalid 10 "Text is not in the charset that it names: {}"
            "Mail programs know what they write; clumsy web programs do not, hence the few points.";
        base64_text 10 "Plain ASCII text is wrapped in base64."
            "It needs no encoding; it hides words from simple filters. Some web programs do it unthinkingly.";
        parts_disagree 30 "Plain text and HTML say different things: they share {} words."
            "One is for the filter, the other for the reader.";
        parts_unread 100 "It holds more than a filter reads: {}"
            "No mail program writes that; it hides what stands behind from filters.";
    }
    "Text" {
        text_advance_fee 130 "The text is that of an advance-fee fraud: {}"
            "Several of its set phrases together; each alone proves nothing.";
        text_prize 100 "The text promises a prize or grant nobody applied for: {}"
            "Several of its set phrases together.";
        text_loan 70 "The text offers loans to strangers: {}"
            "Several of its set phrases together.";
        text_extortion 130 "The text extorts: {}"
            "Several of its set phrases together.";
        text_credentials 60 "The text presses for a login: {}"
            "Services write some of it too; with a foreign link or a borrowed name it is phishing.";
        text_callback 70 "The text claims a charge and gives a number to call: {}"
            "Several of its set phrases together; receipts have some of them.";
        text_payment_request 90 "The text is that of a boss or supplier who is none: {}"
            "Several of its set phrases together; each alone is office talk.";
        text_parcel 70 "The text holds a parcel back for a fee: {}"
            "Several of its set phrases together; carriers have some of them.";
        text_qr_code 60 "The text sends the reader to scan a code: {}"
            "Several of its set phrases together, and a picture; tickets and invoices use other words.";
        text_pharma 100 "The text sells remedies: {}"
            "Several of its set phrases together.";
        text_adult 100 "The text is pornographic or matchmaking: {}"
            "Several of its set phrases together.";
        text_easy_money 100 "The text promises easy income: {}"
            "Several of its set phrases together.";
        text_investment 80 "The text pushes shares or coins: {}"
            "Several of its set phrases together.";
        text_web_pitch 90 "The text pitches search ranking, web design or address lists: {}"
            "Several of its set phrases together.";
        text_selling 60 "The text sells loudly: {}"
            "Shops use some of these words, so it takes many of them.";
        text_bulk_excuse 40 "The text excuses itself as only unsolicited mail does: {}"
            "A newsletter that was asked for need not; some do all the same, hence the few points.";
        text_shouting 20 "{} of the letters are capitals."
            "Rare in ordinary letters of any length.";
        text_spaced 30 "Words are spelt with gaps: {}"
            "Done to slip past word lists.";
        content_classifier 80 "As a whole it reads like {}"
            "Learned from mail of many kinds; it never makes spam alone, and speaks for a message with a quarter of that.";
        content_learned 60 "It resembles what an operator called {}."
            "Only corrections by hand teach it; it speaks for what was called ham as much as against what was called spam.";
        greeting_link 60 "Its greeting has a link in it: {}"
            "Somebody typed a text where a web form asks for a name. People greet with names.";
        form_leads 60 "A web form's answer leads elsewhere than to its site: {}"
            "Thieves type their text into a shop's form, with a stranger's address. One copy with a customer's link earns a part, and so does what only a program wrote.";
        bitcoin_address 40 "A payment to a bitcoin address is asked for: {}"
            "Together with talk of extortion or investment only.";
    }
    "Look-alike characters" {
        invisible_chars 25 "Invisible characters split words in {} places."
            "Readers do not see them, filters do. Padding of a preheader is left out.";
        mixed_script 40 "Words mix alphabets that look the same: {}"
            "No language does that.";
        styled_letters 25 "{} letters are from mathematical or full-width alphabets."
            "A fashion in display names; in a text it hides words.";
        bidi_override 30 "There are {} characters that turn the direction of text."
            "Only right-to-left scripts need them, and there is none.";
    }
    "HTML" {
        html_hidden_text 40 "Text is hidden from the reader: {}"
            "Words for the filter. A short preheader is ordinary and left out.";
        html_split_words 70 "Hidden text breaks up {} words."
            "The reader sees one word, the filter another; no mail program writes that.";
        html_password 80 "The message itself asks for a password."
            "No service does that inside a mail.";
        html_form 20 "There are {} forms inside the message."
            "Mail programs warn of them, so honest senders link to a page.";
        html_script 10 "There are {} scripts inside the message."
            "No mail program runs them; saved pages contain them.";
        html_embed 15 "There are {} frames or embedded objects."
            "Content that is not in the message.";
        html_misleading_link 50 "A link {}."
            "The reader is meant to take one host for the other; click counters earn half of it.";
        html_image_only 75 "It is a picture with a link and {} characters of text."
            "The words stand in the picture, where no filter reads them; a short note with a logo earns a part.";
        html_only 8 "There is HTML and no plain text."
            "Shops and web programs do that as well, hence the few points.";
        html_refresh 40 "The HTML sends the reader on to another page by itself."
            "Mail does not move on by itself.";
        html_base 20 "A base address completes the links, so that they do not show where they lead."
            "Saved pages have it too.";
        html_script_link 50 "{} links are programs or pages of their own instead of addresses."
            "A mail links to a place.";
        html_filler 30 "The HTML is stuffed: {}"
            "Readers do not see it; it breaks up words for the filter.";
    }
    "Links" {
        url_address 30 "A link leads to a bare IP address: {}"
            "Firms have names; private networks are left out.";
        url_disguised 80 "A link leads to an address in disguise: {}"
            "Nobody writes an address as one number or in octal who wants to be recognised.";
        url_userinfo 50 "A link has a name before its host: {}"
            "It makes the link look like another host's (RFC 3986 7.6).";
        listed_url 80 "A link leads to a listed domain: {}"
            "Off until the configuration names a list; its operators have seen the domain in spam.";
        listed_address 50 "A link leads to a listed address: {}"
            "Off until the configuration names a list; shared hosts have bad neighbours, hence the fewer points.";
        url_no_domain 20 "A link leads to a domain that does not exist: {}"
            "Old mail quotes dead links too. Looked up only where reputation.domains_exist is set.";
        url_shortener 10 "A link hides where it leads: {}"
            "People use shorteners too, hence the few points.";
        url_redirector 15 "A link leads through another site's redirection: {}"
            "It borrows that site's name; copied search results do too, hence the few points.";
        url_anonymous_login 50 "The text presses for a login or a fee, and leads to a page without an owner: {}"
            "Services that ask for a login have a site of their own.";
        url_lookalike 60 "A link leads to a domain that looks like a brand's: {}"
            "One letter off, or the brand beside a word such as login: nobody else's firm is called so.";
        url_free_hosting 15 "A link leads to a page that anyone can put up without a name: {}"
            "Honest pages are there too, hence the few points.";
        url_punycode 20 "A link leads to an internationalised name: {}"
            "Such names can look like others; senders who have one themselves are left out.";
        url_deep_host 10 "A link has a very long host name: {}"
            "The reader sees only its beginning. Click counters have long names too.";
        url_risky_tld 20 "A link leads into a top-level domain full of throw-away names: {}"
            "A hint; honest names are there too.";
        url_many_hosts 10 "Its links lead to {} different sites."
            "Digests do that as well, hence the few points.";
        url_odd_port 20 "A web link leads to an unusual port: {}"
            "A server that is not supposed to be there.";
        url_recipient 50 "A link carries the recipient's address for a page to read: {}"
            "Servers do not see that part of a link; phishing pages fill in their form from it.";
        url_download 60 "A link fetches a program from another site: {}"
            "Firms link to a page about it.";
        url_brand 60 "A link wears a borrowed name: {}"
            "The brand links to its own domain.";
    }
    "Attachments" {
        attachment_program 110 "A program is attached: {}"
            "Mail providers refuse it almost everywhere.";
        attachment_script 110 "A script that runs at a double click is attached: {}"
            "Mail providers refuse it almost everywhere.";
        attachment_packed_program 100 "An archive holds a program: {}"
            "Packages of many files are left out.";
        attachment_double_extension 100 "An attachment hides what it is behind a second extension: {}"
            "Windows shows only the first.";
        attachment_encrypted 60 "An encrypted file is attached and the text gives its password: {}"
            "Whoever wants secrecy tells the password elsewhere.";
        attachment_disc_image 80 "A disc image is attached: {}"
            "What is inside runs without the usual warning.";
        attachment_shortcut 110 "A Windows shortcut is attached: {}"
            "It is a command line with an icon.";
        attachment_html 80 "A web page is attached: {}"
            "Opened from disk it has no host to block; reports come like that too and earn a part.";
        attachment_login 100 "An attached web page asks for a password: {}"
            "A page on disk is nobody's login. Encryption services wrap letters so: exempt the logins that use one.";
        attachment_built_page 60 "An attached web page is built by its script: {}"
            "Whoever has nothing to hide writes the page; some reports unpack their data so.";
        attachment_refresh 40 "An attached web page leads on to another by itself: {}"
            "People send the link; reports stay where they are.";
        attachment_onenote 80 "A OneNote section is attached: {}"
            "Files inside it run at a double click; people share notebooks instead of mailing them.";
        attachment_active 100 "A document would run something when it is opened: {}"
            "Pictures and letters need no programs; JavaScript in a PDF form earns a part.";
        attachment_nested_archive 40 "An archive holds nothing but another one: {}"
            "One wrapping is enough for people; the second is for the filter.";
        attachment_macros 40 "An Office file with macros is attached: {}"
            "Most firms have stopped mailing them.";
        attachment_mismatch 40 "An attachment is not what its name says: {}"
            "Honest programs name files by what they are.";
    }
    "Sameness" {
        same_senders 65 "The same {}."
            "Several senders that each send it to several people, all of a sudden, are one sender with stolen accounts. A notice that many forward once, and texts known for days, are left out.";
        same_many 10 "The same text went out {}."
            "Newsletters do that as well: without a sign of change it earns a part, with list headers half of it.";
        same_as_blocked 100 "Others were blocked for spam with the same {}."
            "One blocked sender is a part; two are all. It fades, and what many send harmlessly is left out.";
        same_spread 100 "The same {}."
            "Five senders with one piece of spam are one sender who keeps below what blocks them. Five who forward what is no spam are not counted.";
        same_as_spam 40 "Others sent spam with the same {}."
            "Only what was spam without this memory's help counts, or it would feed itself.";
        confirmed_spam 150 "A person has confirmed the like of this as spam."
            "Until the person takes it back.";
        confirmed_ham -80 "A person has confirmed this as no spam."
            "Nearly the same text, the same links, the same attachments: otherwise it is another message.";
    }
    "Habits" {
        habit_strangers 30 "The sender writes to {} for the first time, unlike before."
            "A thief has a list of his own. New senders, and those with too many recipients to remember, are left out.";
        habit_new_leads 14 "Links or addresses that are new for the sender went to {}."
            "Spam has to lead somewhere, and neither a shop's form nor a stolen account has led there before. What is new stays so for a day; whoever links to new sites every day is left out.";
        habit_burst 15 "The sender has sent to {}."
            "A newsletter is a burst the first time only.";
        habit_refused 10 "Of the sender's recipients of this hour, {} were refused."
            "Bought lists are full of dead addresses.";
        habit_changed 25 "New for this sender: {}."
            "People change programs and networks, one at a time; a network counts only beside unusual amounts.";
        habit_hour 5 "The sender has never sent at this time of the week."
            "Counts only beside unusual amounts.";
    }
    "Other scanners" {
        scanner_virus 200 "Another scanner found {}."
            "A virus scanner was asked and has a name for it. Off unless one is configured.";
        scanner_spamd 120 "SpamAssassin gives {}"
            "Half the points at its threshold, all at twice that, none below half of it. Off unless configured.";
        scanner_rspamd 120 "Rspamd gives {}"
            "Half the points where it marks spam, all at twice that, none below half of it. Off unless configured.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaviour_alone_is_no_spam() {
        let habits: i32 = TABLE.iter().filter(|row| row.family == "Habits").map(|row| row.points).sum();
        assert!(habits < 100, "{habits}");
        assert!(TABLE.iter().any(|row| row.family == SAMENESS));
    }

    #[test]
    fn rows_are_complete_and_unique() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(row.points != 0 && row.points.abs() <= 200, "{}", row.name);
            assert!(row.sentence.ends_with(['.', '}']) && row.reason.ends_with('.'), "{}", row.name);
            assert!(row.sentence.matches("{}").count() <= 1 && row.sentence.len() < 110, "{}", row.name);
            assert!(!TABLE.iter().take(index).any(|other| other.name == row.name), "{} stands twice", row.name);
        }
    }
}
