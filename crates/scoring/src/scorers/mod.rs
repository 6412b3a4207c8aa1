//! One file for each signal. A file's name is the signal's name in table, configuration, metrics and case file.

use model::SignalName;

use crate::{Reading, Scorer, Seen};

/// A signal that is a pure function of the message.
struct Rule {
    name: &'static str,
    observe: fn(&Reading<'_>) -> Option<Seen>,
}

impl Scorer for Rule {
    fn name(&self) -> SignalName {
        SignalName::new(self.name)
    }

    fn observe(&self, message: &Reading<'_>) -> Option<Seen> {
        (self.observe)(message)
    }
}

macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $( mod $name; )*

        /// Every scorer that comes with the program.
        pub(crate) fn all() -> Vec<Box<dyn Scorer>> {
            vec![ $( Box::new(Rule { name: stringify!($name), observe: $name::observe }), )* ]
        }
    };
}

rules! {
    attachment_active,
    attachment_built_page,
    attachment_disc_image,
    attachment_double_extension,
    attachment_encrypted,
    attachment_html,
    attachment_login,
    attachment_macros,
    attachment_mismatch,
    attachment_nested_archive,
    attachment_onenote,
    attachment_packed_program,
    attachment_program,
    attachment_refresh,
    attachment_script,
    attachment_shortcut,
    base64_text,
    bidi_override,
    bitcoin_address,
    charset_invalid,
    charset_unknown,
    confirmed_ham,
    confirmed_spam,
    content_classifier,
    content_learned,
    date_far,
    date_invalid,
    date_missing,
    date_zone,
    dkim_invalid,
    dmarc_will_refuse,
    encoded_word_broken,
    encoded_word_chopped,
    encoded_word_needless,
    encoding_broken,
    form_leads,
    from_freemail_foreign,
    from_lookalike,
    from_missing,
    from_not_allowed,
    from_not_login,
    from_repeated,
    from_risky_tld,
    greeting_link,
    habit_burst,
    habit_changed,
    habit_hour,
    habit_new_leads,
    habit_refused,
    habit_strangers,
    header_malformed,
    header_raw_bytes,
    header_repeated,
    helo_foreign,
    helo_other_address,
    html_base,
    html_embed,
    html_filler,
    html_form,
    html_hidden_text,
    html_image_only,
    html_misleading_link,
    html_only,
    html_password,
    html_refresh,
    html_script,
    html_script_link,
    html_split_words,
    invisible_chars,
    listed_address,
    listed_client,
    listed_sender,
    listed_url,
    mail_from_foreign,
    mailer_forged,
    mailer_spamware,
    many_recipients,
    message_id_forged,
    message_id_malformed,
    mime_broken,
    mixed_script,
    name_brand_link,
    name_decorated,
    name_shows_address,
    name_shows_brand,
    name_shows_recipient,
    parts_disagree,
    parts_unread,
    reply_to_elsewhere,
    reply_to_freemail,
    reply_to_strangers,
    same_as_blocked,
    same_as_spam,
    same_many,
    same_senders,
    same_spread,
    scanner_rspamd,
    scanner_spamd,
    scanner_virus,
    sender_foreign,
    sender_no_domain,
    sender_unrelated,
    spf_not_ours,
    styled_letters,
    subject_fake_reply,
    subject_gaps,
    subject_hype,
    subject_serial,
    subject_shouting,
    text_adult,
    text_advance_fee,
    text_bulk_excuse,
    text_callback,
    text_credentials,
    text_easy_money,
    text_extortion,
    text_investment,
    text_loan,
    text_parcel,
    text_payment_request,
    text_pharma,
    text_prize,
    text_qr_code,
    text_selling,
    text_shouting,
    text_spaced,
    text_web_pitch,
    thread_made_up,
    to_missing,
    to_self,
    url_address,
    url_anonymous_login,
    url_brand,
    url_deep_host,
    url_disguised,
    url_download,
    url_free_hosting,
    url_lookalike,
    url_many_hosts,
    url_no_domain,
    url_odd_port,
    url_punycode,
    url_recipient,
    url_redirector,
    url_risky_tld,
    url_shortener,
    url_userinfo,
    web_script_hidden,
    young_domain,
}

/// How far a sender is from his past.
mod past;
/// Helpers that several signals share.
mod shared;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TABLE;

    #[test]
    fn every_scorer_has_a_row_and_every_row_a_scorer() {
        let mut scorers: Vec<String> = all().iter().map(|scorer| scorer.name().as_str().to_owned()).collect();
        let mut rows: Vec<String> = TABLE.iter().map(|row| row.name.to_owned()).collect();
        scorers.sort();
        rows.sort();
        assert_eq!(scorers, rows);
    }
}
