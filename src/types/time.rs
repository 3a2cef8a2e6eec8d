//! Virtual time: whole microseconds, never floats.

use std::fmt;
use std::str::FromStr;

/// A length of virtual time, in whole microseconds. Its text is `150ms`, `1.5s` or `20us`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(pub u64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// The longest that can be asked for, eleven days: sums and multiples of such lengths stay far away
    /// from the end of 64 bits, and of the numbers that JavaScript knows exactly.
    pub const LONGEST: Span = Span::secs(1_000_000);

    /// `n` milliseconds.
    pub const fn millis(n: u64) -> Span {
        Span(n * 1_000)
    }

    /// `n` seconds.
    pub const fn secs(n: u64) -> Span {
        Span(n * 1_000_000)
    }
}

/// A moment of virtual time, in whole microseconds since the cluster was started.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

impl Time {
    /// The moment at which the cluster was started.
    pub const START: Time = Time(0);

    /// The end of time, which never comes: what would be due then or later is never due. JavaScript
    /// knows no larger whole number exactly.
    pub const END: Time = Time((1 << 53) - 1);

    /// How long after `earlier` this is; zero where it is not after it.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl std::ops::Add<Span> for Time {
    type Output = Time;

    /// A moment beyond the end of time is the end of time.
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0)).min(Time::END)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, per) = match self.0 {
            0 => return f.write_str("0ms"),
            n if n < 1_000 => ("us", 1),
            n if n < 1_000_000 => ("ms", 1_000),
            _ => ("s", 1_000_000),
        };
        let (whole, rest) = (self.0 / per, self.0 % per);
        if rest == 0 {
            return write!(f, "{whole}{unit}");
        }
        let width = if per == 1_000 { 3 } else { 6 };
        let digits = format!("{rest:0width$}");
        write!(f, "{whole}.{}{unit}", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a time: expected a number and us, ms or s, such as 150ms or 1.5s");
        let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
        let (number, unit) = text.split_at(split);
        let places = match unit {
            "us" => 0,
            "ms" => 3,
            "s" => 6,
            _ => return Err(wrong()),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (fraction != "0" && fraction.len() > places) {
            return Err(wrong());
        }
        let scale = 10u64.pow(u32::try_from(places).unwrap_or(0));
        let micros = format!("{fraction:0<places$}");
        let micros: u64 = if places == 0 { 0 } else { micros[..places].parse().map_err(|_| wrong())? };
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let span = whole.checked_mul(scale).and_then(|w| w.checked_add(micros)).map(Span);
        span.filter(|span| *span <= Span::LONGEST)
            .ok_or_else(|| format!("`{text}` is too long: expected at most {}", Span::LONGEST))
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(|Span(micros)| Time(micros))
    }
}

/// The lengths of time from `min` to `max`, both included. Its text is `10ms..20ms`, or `10ms` where
/// there is only one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Spread {
    /// The shortest.
    pub min: Span,
    /// The longest; never shorter than `min`.
    pub max: Span,
}

impl Spread {
    /// From `min` to `max` milliseconds.
    pub const fn millis(min: u64, max: u64) -> Spread {
        Spread { min: Span::millis(min), max: Span::millis(max) }
    }

    /// Always exactly `span`.
    pub const fn exactly(span: Span) -> Spread {
        Spread { min: span, max: span }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.min.fmt(f)?;
        if self.min == self.max { Ok(()) } else { write!(f, "..{}", self.max) }
    }
}

impl FromStr for Spread {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let spread = Spread { min: min.parse()?, max: max.parse()? };
        if spread.min > spread.max {
            return Err(format!("`{text}` runs backwards: expected the shorter time first"));
        }
        Ok(spread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_they_are_written() {
        for (micros, text) in [
            (0, "0ms"),
            (20, "20us"),
            (150_000, "150ms"),
            (150_250, "150.25ms"),
            (1_500_000, "1.5s"),
            (60_000_000, "60s"),
            (1_000_001, "1.000001s"),
        ] {
            assert_eq!(Span(micros).to_string(), text);
            assert_eq!(text.parse(), Ok(Span(micros)));
        }
        assert_eq!("1000000s".parse(), Ok(Span::LONGEST));
        let told = "1000000.000001s".parse::<Span>();
        assert_eq!(told, Err("`1000000.000001s` is too long: expected at most 1000000s".to_string()));
        for wrong in
            ["", "ms", "5", "5 ms", "-5ms", "1.5us", "1.ms", ".5s", "5m", "1.0000001s", "99999999999999999999s"]
        {
            assert!(wrong.parse::<Span>().is_err(), "`{wrong}` was taken for a time");
        }
    }
}
