//! Search over blocks and flagged messages. Each search names the index that it walks, so that a page costs what it shows
//! and not what is kept.

use limits::{
    Archive, BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, FoundEvidence, Holdings, MAX_COUNT, Order,
    Page, PageAsk, StoreError, Wanted,
};
use model::{Block, SubjectKind};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, ToSql};

use super::error::said;
use super::{SqliteStore, bound, rows};

type Result<T> = std::result::Result<T, StoreError>;

/// Where the blocks of some spans are found: driven by the spans, each a walk of the index by place. Its first parameter are
/// the spans, as [`spans`] writes them.
pub(super) const HELD: &str = "json_each(:within) AS span CROSS JOIN blocks INDEXED BY blocks_by_place
    ON kind = span.value->>0 AND place >= span.value->>1 AND place < span.value->>2";

/// No later block of the same subject; asked of the index by place alone.
const LATEST: &str = "NOT EXISTS (SELECT 1 FROM blocks AS other INDEXED BY blocks_by_place
    WHERE other.kind = blocks.kind AND other.place = blocks.place
    AND (other.since, other.reference) > (blocks.since, blocks.reference))";

/// Flagged messages of so many blocks are fetched block by block; of more, by time.
const FEW_BLOCKS: usize = 512;

impl Archive for SqliteStore {
    fn find_blocks(&self, filter: &BlockFilter, ask: &PageAsk<BlockPosition>) -> Result<Page<Block, BlockPosition>> {
        let query = of_blocks(filter).behind("(since, reference)", ask.order, ask.after.as_ref().map(place_of_block));
        let by = sorted("since", "reference", ask.order);
        let sql = format!("SELECT {} FROM {} {by} LIMIT {}", rows::BLOCK, query.from(), ask.bounded() + 1);
        let found = self.search(&sql, &query, rows::block)?;
        Ok(Page::cut(found, ask.bounded(), BlockPosition::of))
    }

    fn latest_blocks(&self, kind: SubjectKind, within: &Holdings, most: usize) -> Result<Vec<Block>> {
        let mut query =
            of_blocks(&BlockFilter { kind: Some(kind), within: Some(within.clone()), ..BlockFilter::default() });
        query.conditions.push(LATEST.to_owned());
        let sql =
            format!("SELECT {} FROM {} ORDER BY span.key, place LIMIT {}", rows::BLOCK, query.from(), bound(most));
        self.search(&sql, &query, rows::block)
    }

    fn count_blocks(&self, filter: &BlockFilter) -> Result<usize> {
        self.count(&of_blocks(filter))
    }

    fn find_evidence(
        &self,
        filter: &EvidenceFilter,
        ask: &PageAsk<EvidencePosition>,
    ) -> Result<Page<FoundEvidence, EvidencePosition>> {
        let query = self.of_evidence(filter)?;
        let query = query.behind("(at, id)", ask.order, ask.after.as_ref().map(place_of_evidence));
        let by = |id: &str| sorted("at", id, ask.order);
        let sql = format!(
            "SELECT evidence.id, block, kind, subject, record FROM evidence JOIN blocks ON block = reference
             WHERE evidence.id IN (SELECT id FROM {} {} LIMIT {}) {}",
            query.from(),
            by("id"),
            ask.bounded() + 1,
            by("evidence.id"),
        );
        let found = self.search(&sql, &query, found)?;
        Ok(Page::cut(found, ask.bounded(), FoundEvidence::position))
    }

    fn count_evidence(&self, filter: &EvidenceFilter) -> Result<usize> {
        self.count(&self.of_evidence(filter)?)
    }
}

impl SqliteStore {
    fn search<T>(&self, sql: &str, query: &Query, read: fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        self.readers.with(|connection| query.rows(connection, sql, read).map_err(said))
    }

    fn count(&self, query: &Query) -> Result<usize> {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {MAX_COUNT})", query.from());
        let counted = self.search(&sql, query, |row| row.get::<_, i64>(0))?;
        Ok(counted.first().and_then(|count| usize::try_from(*count).ok()).unwrap_or(0))
    }

    fn of_evidence(&self, filter: &EvidenceFilter) -> Result<Query> {
        let query = match &filter.within {
            None => Query::of(source(filter)),
            Some(within) => self.of_holdings(within)?,
        };
        let (kind, name) = filter.subject.as_ref().map(|subject| (subject.kind().as_str(), subject.name())).unzip();
        let of_subject = "block IN (SELECT reference FROM blocks WHERE kind = :kind AND subject = :subject)";
        Ok(query
            .given("block = :block", ":block", filter.block.as_ref().map(ToString::to_string))
            .given(of_subject, ":subject", name)
            .bound(":kind", kind.map(str::to_owned))
            .given("at >= :since", ":since", filter.since.map(|time| time.0))
            .given("at < :until", ":until", filter.until.map(|time| time.0))
            .given("message_id = :message", ":message", filter.message_id.as_ref().map(ToString::to_string))
            .given("destination = :destination", ":destination", filter.destination.map(|ip| ip.to_string()))
            .given("score >= :score", ":score", filter.score.map(i64::from)))
    }

    /// Of an owner with few blocks his blocks are asked; of one with many, the latest messages.
    fn of_holdings(&self, within: &Holdings) -> Result<Query> {
        let query = Query::of(HELD).bound(":within", Some(spans(within)));
        let sql = format!("SELECT reference FROM {} LIMIT {}", query.from(), FEW_BLOCKS + 1);
        let blocks: Vec<String> = self.search(&sql, &query, |row| row.get(0))?;
        Ok(if blocks.len() <= FEW_BLOCKS {
            let blocks = serde_json::Value::from(blocks).to_string();
            let among = "block IN (SELECT value FROM json_each(:blocks))";
            Query::of("evidence INDEXED BY evidence_by_block").given(among, ":blocks", Some(blocks))
        } else {
            let mut all = Query::of("evidence INDEXED BY evidence_by_time").bound(":within", Some(spans(within)));
            all.conditions.push(format!("block IN (SELECT reference FROM {HELD})"));
            all
        })
    }
}

/// The index that a search for messages walks: the narrowest that it knows.
fn source(filter: &EvidenceFilter) -> &'static str {
    if filter.message_id.is_some() {
        "evidence INDEXED BY evidence_by_message"
    } else if filter.block.is_some() || filter.subject.is_some() {
        "evidence INDEXED BY evidence_by_block"
    } else if filter.destination.is_some() {
        "evidence INDEXED BY evidence_by_destination"
    } else {
        "evidence INDEXED BY evidence_by_time"
    }
}

fn of_blocks(filter: &BlockFilter) -> Query {
    let query = match &filter.within {
        Some(within) => Query::of(HELD).bound(":within", Some(spans(within))),
        None => Query::of("blocks"),
    };
    let (exact, prefix) = match &filter.subject {
        Some(Wanted::Exactly(subject)) => (Some(subject), None),
        Some(Wanted::Beginning(text)) => (None, Some(text.clone())),
        None => (None, None),
    };
    let kind = exact.map(|subject| subject.kind()).or(filter.kind);
    // A kind that differs from the exact subject's fits nothing.
    let nothing = exact.zip(filter.kind).filter(|(subject, kind)| subject.kind() != *kind);
    query
        .given("state = :state", ":state", filter.state.map(|state| state.as_str().to_owned()))
        .given("kind = :kind", ":kind", kind.map(|kind| kind.as_str().to_owned()))
        .given("subject = :subject", ":subject", exact.map(|subject| subject.name()))
        .given("substr(subject, 1, length(:prefix)) = :prefix", ":prefix", prefix)
        .given("since >= :since", ":since", filter.since.map(|time| time.0))
        .given("since < :until", ":until", filter.until.map(|time| time.0))
        .given("reason->>'rule' = :rule", ":rule", filter.rule.clone())
        .given("strike >= :strike", ":strike", filter.strike.map(i64::from))
        .given(":nothing IS NULL", ":nothing", nothing.map(|_| 1))
}

pub(super) fn spans(within: &Holdings) -> String {
    let spans = within.spans().iter().map(|span| (span.kind.as_str(), span.from.as_str(), span.to.as_str()));
    serde_json::json!(spans.collect::<Vec<_>>()).to_string()
}

fn sorted(time: &str, name: &str, order: Order) -> String {
    let direction = if order == Order::Latest { "DESC" } else { "ASC" };
    format!("ORDER BY {time} {direction}, {name} {direction}")
}

fn place_of_block(position: &BlockPosition) -> (i64, Value) {
    (position.since.0, Value::from(position.reference.to_string()))
}

fn place_of_evidence(position: &EvidencePosition) -> (i64, Value) {
    (position.at.0, Value::from(i64::try_from(position.id).unwrap_or(i64::MAX)))
}

fn found(row: &Row<'_>) -> rusqlite::Result<FoundEvidence> {
    Ok(FoundEvidence {
        id: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
        block: rows::reference(row, 1)?,
        subject: rows::subject(row, 2)?,
        evidence: rows::from_json(row, 4)?,
    })
}

/// A `FROM` and its conditions, with what they compare with.
struct Query {
    source: &'static str,
    conditions: Vec<String>,
    values: Vec<(&'static str, Value)>,
}

impl Query {
    fn of(source: &'static str) -> Self {
        Self { source, conditions: Vec::new(), values: Vec::new() }
    }

    /// A value without a condition of its own.
    fn bound(mut self, name: &'static str, value: Option<impl Into<Value>>) -> Self {
        self.values.extend(value.map(|value| (name, value.into())));
        self
    }

    /// The condition, when there is a value.
    fn given(mut self, condition: &str, name: &'static str, value: Option<impl Into<Value>>) -> Self {
        if value.is_some() {
            self.conditions.push(condition.to_owned());
        }
        self.bound(name, value)
    }

    /// Only rows behind that place.
    fn behind(self, columns: &str, order: Order, after: Option<(i64, Value)>) -> Self {
        let sign = if order == Order::Latest { '<' } else { '>' };
        let (time, name) = after.unzip();
        self.given(&format!("{columns} {sign} (:time, :name)"), ":time", time).bound(":name", name)
    }

    fn from(&self) -> String {
        let conditions = self.conditions.join(" AND ");
        let conditions = if conditions.is_empty() { "TRUE" } else { &conditions };
        format!("{} WHERE {conditions}", self.source)
    }

    fn rows<T>(
        &self,
        connection: &Connection,
        sql: &str,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let bound: Vec<_> = self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect();
        let mut statement = connection.prepare_cached(sql)?;
        statement.query_map(bound.as_slice(), read)?.collect()
    }
}
