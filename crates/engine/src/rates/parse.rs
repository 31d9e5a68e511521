//! Reads Meta's price lists as they are downloaded (pricing.md §7): note lines, then a header row that begins with
//! `Market`, whose cells may hold line breaks. A column that is not known is an error: a price must not be guessed.

use jiff::civil::Date;
use switchboard_domain::money;
use switchboard_store::tables::rate_cards::Price;

/// A list as read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedCard {
    /// Prices by volume instead of list prices.
    pub tiers: bool,
    /// ISO 4217.
    pub currency: String,
    /// The day that the notes name.
    pub effective_from: Option<Date>,
    /// Its prices.
    pub prices: Vec<Price>,
}

/// Why a file is no price list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not a table.
    #[error("this is not a CSV file")]
    NotCsv,
    /// No header.
    #[error("no row begins with “Market”")]
    NoHeader,
    /// A column of another day.
    #[error("the column “{0}” is not known to this version")]
    UnknownColumn(String),
    /// A column that is needed.
    #[error("there is no column for {0}")]
    MissingColumn(&'static str),
    /// A cell that is no price.
    #[error("line {line}: “{text}” is not a price")]
    NotAPrice {
        /// Line of the file.
        line: u64,
        /// The cell.
        text: String,
    },
    /// One file, one currency: an account has one.
    #[error("the file has prices in {0} and in {1}; an account has one currency")]
    TwoCurrencies(String, String),
    /// No rows.
    #[error("there is no price in it")]
    Empty,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Market,
    Currency,
    Category(&'static str),
    AnyCategory,
    From,
    To,
    Rate,
}

fn column(header: &str) -> Option<Column> {
    let plain: String = header.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    Some(match plain.as_str() {
        "market" => Column::Market,
        "currency" => Column::Currency,
        "marketing" => Column::Category("marketing"),
        "utility" => Column::Category("utility"),
        "authentication" => Column::Category("authentication"),
        "authenticationinternational" => Column::Category("authentication_international"),
        "service" => Column::Category("service"),
        "category" => Column::AnyCategory,
        "from" | "lower" | "tierfrom" | "volumefrom" => Column::From,
        "to" | "upper" | "tierto" | "volumeto" => Column::To,
        "rate" | "price" | "cost" => Column::Rate,
        _ => return None,
    })
}

/// `USD` or `$US`.
fn currency(text: &str) -> String {
    match text.trim() {
        "$US" | "US$" | "$" => "USD".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

/// `None` for a cell that says that there is no price.
fn price(text: &str, line: u64) -> Result<Option<i64>, CardError> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("n/a") || text == "-" {
        return Ok(None);
    }
    money::parse_micros(text)
        .map(Some)
        .ok_or_else(|| CardError::NotAPrice { line, text: text.chars().take(20).collect() })
}

/// `effective October 1, 2026` in a note line.
fn day_in(note: &str) -> Option<Date> {
    let words: Vec<&str> = note.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.windows(3).find_map(|three| match three {
        [month, day, year] => {
            const MONTHS: [&str; 12] =
                ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
            let start = month.get(..3)?.to_ascii_lowercase();
            let month = MONTHS.iter().position(|m| *m == start)?;
            Date::new(year.parse().ok()?, i8::try_from(month + 1).ok()?, day.parse().ok()?).ok()
        }
        _ => None,
    })
}

/// Reads a price list.
///
/// # Errors
/// [`CardError`].
pub fn parse(bytes: &[u8]) -> Result<ParsedCard, CardError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut columns: Option<Vec<Column>> = None;
    let mut card = ParsedCard { tiers: false, currency: String::new(), effective_from: None, prices: Vec::new() };
    for record in reader.records() {
        let record = record.map_err(|_| CardError::NotCsv)?;
        let line = record.position().map_or(0, csv::Position::line);
        let Some(columns) = &columns else {
            if record.get(0).is_some_and(|c| c.trim().eq_ignore_ascii_case("market")) {
                let read: Vec<Column> = record
                    .iter()
                    .map(|h| column(h).ok_or_else(|| CardError::UnknownColumn(h.split_whitespace().collect())))
                    .collect::<Result<_, _>>()?;
                card.tiers = read.contains(&Column::Rate);
                let needs =
                    |c: Column, name| if read.contains(&c) { Ok(()) } else { Err(CardError::MissingColumn(name)) };
                needs(Column::Currency, "the currency")?;
                if card.tiers {
                    needs(Column::AnyCategory, "the category")?;
                    needs(Column::From, "the first message of the tier")?;
                } else {
                    needs(Column::Category("marketing"), "marketing")?;
                    needs(Column::Category("utility"), "utility")?;
                }
                columns = Some(read);
            } else {
                let note: String = record.iter().collect::<Vec<_>>().join(" ");
                card.effective_from = card.effective_from.or_else(|| day_in(&note));
            }
            continue;
        };
        read_row(&mut card, columns, &record, line)?;
    }
    if columns.is_none() {
        return Err(CardError::NoHeader);
    }
    if card.prices.is_empty() {
        return Err(CardError::Empty);
    }
    Ok(card)
}

fn read_row(card: &mut ParsedCard, columns: &[Column], record: &csv::StringRecord, line: u64) -> Result<(), CardError> {
    let cell = |wanted: Column| {
        columns.iter().position(|c| *c == wanted).and_then(|i| record.get(i)).map(str::trim).unwrap_or_default()
    };
    let market = cell(Column::Market);
    if market.is_empty() {
        return Ok(());
    }
    let its = currency(cell(Column::Currency));
    if card.currency.is_empty() {
        card.currency = its;
    } else if card.currency != its {
        return Err(CardError::TwoCurrencies(card.currency.clone(), its));
    }
    let mut push = |category: &str, from_count: i64, rate_micros: i64| {
        card.prices.push(Price { market: market.to_owned(), category: category.to_owned(), from_count, rate_micros });
    };
    if card.tiers {
        let category = cell(Column::AnyCategory).to_lowercase().replace(['-', ' '], "_");
        // Tier labels are `lower:upper`, inclusive, `MAX` for the last (pricing.md §4).
        let from = cell(Column::From).split(':').next().unwrap_or_default().replace([',', ' '], "");
        let from: i64 = from
            .parse()
            .map_err(|_| CardError::NotAPrice { line, text: cell(Column::From).chars().take(20).collect() })?;
        if let Some(rate) = price(cell(Column::Rate), line)? {
            push(&category, from.max(1), rate);
        }
        return Ok(());
    }
    for (at, column) in columns.iter().enumerate() {
        if let Column::Category(category) = column
            && let Some(rate) = price(record.get(at).unwrap_or_default(), line)?
        {
            push(category, 0, rate);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const META: &str = "\u{feff}\"Cost per message in USD …, effective October 1, 2026\",,,,,,\n(more notes)\n\
        Market,Currency,Marketing,Utility,Authentication,\"Authentication-\nInternational\",Service\n\
        Kazakhstan,$US,0.0604,0.018,0.018,0.16,0.018\nArgentina,USD,0.0618,0.026,0.026,n/a,\n";

    #[test]
    fn metas_own_layout_is_read() {
        let card = parse(META.as_bytes()).unwrap();
        assert_eq!((card.tiers, card.currency.as_str()), (false, "USD"));
        assert_eq!(card.effective_from.unwrap().to_string(), "2026-10-01");
        assert_eq!(card.prices.len(), 5 + 3, "n/a and empty are no prices");
        let first = &card.prices[0];
        assert_eq!(
            (first.market.as_str(), first.category.as_str(), first.rate_micros),
            ("Kazakhstan", "marketing", 60_400)
        );
    }

    #[test]
    fn a_list_of_tiers_is_read_by_its_columns() {
        let text = "Market,Currency,Category,From,To,Rate\nIndia,INR,Utility,\"25,000,001\",50000000,0.11\nIndia,INR,Utility,1:25000000,,0.115\n";
        let card = parse(text.as_bytes()).unwrap();
        assert!(card.tiers);
        assert_eq!(card.prices[0].from_count, 25_000_001);
        assert_eq!((card.prices[1].from_count, card.prices[1].rate_micros), (1, 115_000));
    }

    #[rstest]
    #[case("", CardError::NoHeader)]
    #[case("hello,there\n", CardError::NoHeader)]
    #[case("Market,Currency,Marketing,Utility\n", CardError::Empty)]
    #[case("Market,Currency,Marketing,Utility,Telepathy\nX,USD,1,1,1\n", CardError::UnknownColumn("Telepathy".to_owned()))]
    #[case("Market,Currency,Utility\nX,USD,1\n", CardError::MissingColumn("marketing"))]
    #[case("Market,Currency,Marketing,Utility\nX,USD,free,1\n", CardError::NotAPrice { line: 2, text: "free".to_owned() })]
    #[case("Market,Currency,Marketing,Utility\nX,USD,1,1\nY,EUR,1,1\n", CardError::TwoCurrencies("USD".to_owned(), "EUR".to_owned()))]
    fn what_is_no_price_list_says_why(#[case] text: &str, #[case] want: CardError) {
        assert_eq!(parse(text.as_bytes()).unwrap_err(), want);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_list_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }
    }
}
