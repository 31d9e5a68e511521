//! Money as whole millionths of a currency's unit, so that sums of many small prices stay exact.

/// Millionths in a unit.
pub const MICROS: i64 = 1_000_000;

/// Reads a decimal text such as `12.50` or `0,0618`: not negative, at most six decimals.
pub fn parse_micros(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let fraction = format!("{fraction:0<6}").parse::<i64>().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(MICROS)?.checked_add(fraction)
}

/// A decimal text with a point: two decimals, or as many more as are needed.
pub fn format_micros(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let whole = micros.unsigned_abs() / MICROS.unsigned_abs();
    let fraction = format!("{:06}", micros.unsigned_abs() % MICROS.unsigned_abs());
    let kept = fraction.trim_end_matches('0');
    format!("{sign}{whole}.{kept:0<2}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_keep_their_decimals_and_sums_have_at_least_two() {
        assert_eq!(parse_micros("0.0618"), Some(61_800));
        assert_eq!(parse_micros(" 12,5 "), Some(12_500_000));
        assert_eq!(format_micros(61_800), "0.0618");
        assert_eq!(format_micros(12_500_000), "12.50");
        assert_eq!(format_micros(-1), "-0.000001");
        for none in ["", "-1", "1.2345678", "1.2.3", "n/a", "1e3", ".5"] {
            assert_eq!(parse_micros(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(micros in 0i64..1_000_000_000_000_000) {
            prop_assert_eq!(parse_micros(&format_micros(micros)), Some(micros));
        }
    }
}
