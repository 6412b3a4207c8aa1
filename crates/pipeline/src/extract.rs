//! A long list as a file, page after page: never more than one page of it is in memory, however long the list is.

use std::error::Error;

use limits::{Page, PageAsk};

/// Why a file ends before its end.
pub type CutOff = Box<dyn Error + Send + Sync>;

type Read = Box<dyn FnMut() -> Result<Option<String>, CutOff> + Send>;

/// The rest of a file.
pub struct Extract {
    /// What stands before the first page.
    head: Option<String>,
    read: Option<Read>,
}

impl Extract {
    /// A head, and behind it what `read` gives until it gives nothing. It may wait for the disk.
    pub fn new(head: String, read: impl FnMut() -> Result<Option<String>, CutOff> + Send + 'static) -> Self {
        Self { head: Some(head), read: Some(Box::new(read)) }
    }

    /// A head, and behind it every page of a search from `first` on.
    pub fn of_pages<T, P: Send + 'static, E: Into<CutOff>>(
        head: String,
        first: PageAsk<P>,
        find: impl Fn(&PageAsk<P>) -> Result<Page<T, P>, E> + Send + 'static,
        write: impl Fn(Vec<T>) -> String + Send + 'static,
    ) -> Self {
        let (limit, order) = (first.limit, first.order);
        let mut ask = Some(first);
        Self::new(head, move || {
            let Some(asked) = ask.take() else { return Ok(None) };
            let page = find(&asked).map_err(Into::into)?;
            ask = page.next.map(|after| PageAsk { after: Some(after), limit, order });
            Ok(Some(write(page.rows)))
        })
    }

    /// The next piece, and the rest behind it; `None` at the end. Reads on a thread where waiting harms nobody.
    pub async fn next(mut self) -> Option<(Result<String, CutOff>, Self)> {
        if let Some(head) = self.head.take() {
            return Some((Ok(head), self));
        }
        let mut read = self.read.take()?;
        let (piece, read) = match tokio::task::spawn_blocking(move || (read(), read)).await {
            Ok((Ok(piece), read)) => (piece.map(Ok), Some(read)),
            Ok((Err(error), _)) => (Some(Err(error)), None),
            Err(error) => (Some(Err(error.into())), None),
        };
        piece.map(|piece| (piece, Self { head: None, read }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn whole(mut extract: Extract) -> Result<String, String> {
        let mut text = String::new();
        while let Some((piece, rest)) = extract.next().await {
            text.push_str(&piece.map_err(|error| error.to_string())?);
            extract = rest;
        }
        Ok(text)
    }

    /// Numbers below seven, three at a time.
    fn numbers(ask: &PageAsk<u32>) -> Result<Page<u32, u32>, CutOff> {
        let from = ask.after.map_or(0, |last| last + 1);
        Ok(Page::cut((from..7).take(ask.limit + 1).collect(), ask.limit, |last| *last))
    }

    fn written(rows: Vec<u32>) -> String {
        format!("{rows:?}\n")
    }

    #[tokio::test]
    async fn every_page_is_written_once_and_none_is_held() {
        let extract = Extract::of_pages("head\n".into(), PageAsk::first(3), numbers, written);
        assert_eq!(whole(extract).await.unwrap(), "head\n[0, 1, 2]\n[3, 4, 5]\n[6]\n");
    }

    #[tokio::test]
    async fn a_store_that_fails_cuts_the_file_off() {
        let failing = |ask: &PageAsk<u32>| match ask.after {
            None => numbers(ask),
            Some(_) => Err("the disk is gone".into()),
        };
        let extract = Extract::of_pages(String::new(), PageAsk::first(3), failing, written);
        assert_eq!(whole(extract).await.unwrap_err(), "the disk is gone");
    }
}
