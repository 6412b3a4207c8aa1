//! What becomes of the letters that are due: sent singly, owed in a letter about many, or overtaken. Pure.

use std::collections::{HashMap, HashSet};

use limits::{AlertJob, LetterKind, Owed};
use model::{Block, Timestamp};

use crate::audience::Audience;
use crate::crowd::{Crowd, Key, Reader};
use crate::post::Post;

/// A letter that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) job: AlertJob,
    pub(super) block: Block,
    /// Who is still to be told that the block began: the letter about many will tell how it stands by then.
    pub(super) owed: Owed,
}

/// The letters that are due, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// To be sent, to these readers.
    pub(super) single: Vec<(AlertJob, Audience)>,
    /// Over without being sent by themselves.
    pub(super) settled: Vec<AlertJob>,
    /// Due later: their readers are not known yet.
    pub(super) held: Vec<AlertJob>,
}

/// Sorts the letters that are due, of all that wait, with their blocks. Those that are not due yet count in a crowd: when a
/// relay works again after hours, they come back a few at a time.
pub(super) fn sort(pending: Vec<Waiting>, post: &Post, crowd: &mut Crowd, now: Timestamp) -> Sorted {
    let mut sorted = Sorted::default();
    let mut wanted = Vec::new();
    for Waiting { job, block, owed } in pending {
        match overtaken(&job, &block, post) {
            Some(why) if job.due <= now => sorted.settled.push(settled(job, Owed::default(), Some(why), now)),
            Some(_) => {}
            None => {
                let audience = Audience::of(post, &block, &job.kind).held(post.held(&block, &job, now));
                let audience = audience.without_told(&job.told);
                wanted.push((job, audience, owed));
            }
        }
    }
    let crowded = crowded(&wanted, post, crowd, now);
    for (mut job, mut audience, earlier) in wanted.into_iter().filter(|(job, ..)| job.due <= now) {
        job.owed = Owed::default();
        let is_owed = |reader: &Reader| earlier.customer && matches!(reader, Reader::Customer(_));
        for reader in audience.readers(&job.kind).iter().filter(|reader| crowded.contains(reader) || is_owed(reader)) {
            audience.leave_out(reader, &mut job.owed);
        }
        if let Some(until) = audience.pauses(&job.told) {
            sorted.held.push(AlertJob { due: until, ..job });
        } else if job.owed.anybody() && audience.all().is_empty() {
            let owed = job.owed;
            sorted.settled.push(settled(job, owed, None, now));
        } else {
            sorted.single.push((job, audience));
        }
    }
    sorted
}

/// The readers who would get too many letters at once.
fn crowded(wanted: &[(AlertJob, Audience, Owed)], post: &Post, crowd: &mut Crowd, now: Timestamp) -> HashSet<Reader> {
    let mut letters: HashMap<Reader, Vec<(Key, Timestamp)>> = HashMap::new();
    for (job, audience, _) in wanted {
        for reader in audience.readers(&job.kind) {
            letters.entry(reader).or_default().push(((job.about.clone(), job.number), job.created));
        }
    }
    crowd.tidy(post.collect_within(), now);
    let mut crowded = HashSet::new();
    for (reader, letters) in letters {
        if !crowd.admits(&reader, &letters, post.patience(&reader), now) {
            crowded.insert(reader);
        }
    }
    crowded
}

/// Why a letter has nothing to tell any more.
fn overtaken(job: &AlertJob, block: &Block, post: &Post) -> Option<String> {
    match job.kind {
        LetterKind::Reminder(_) if !block.is_active() => Some("overtaken: the block is over".into()),
        LetterKind::Released if !post.released => Some("alerts.released is off".into()),
        LetterKind::Released | LetterKind::Reminder(_) if Audience::of(post, block, &job.kind).all().is_empty() => {
            Some("nobody but operators was told of the block".into())
        }
        _ => None,
    }
}

fn settled(job: AlertJob, owed: Owed, instead: Option<String>, now: Timestamp) -> AlertJob {
    AlertJob { sent: Some(now), owed, instead, ..job }
}
