//! Whether a class grows or fades.

/// The fewest occurrences that make a trend: below it a rise or fall is chance.
const OCCURRENCES_MIN: u32 = 3;

/// How often a class occurs, against the equally long time before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// More often than before, and at least three times.
    Rising,
    /// Neither rising nor falling.
    Steady,
    /// Less often than before, when it was at least three times.
    Falling,
}

impl Trend {
    /// The trend from `before` to `now`: the occurrences of two stretches of time of equal length.
    #[must_use]
    pub fn between(before: u32, now: u32) -> Self {
        if now > before && now >= OCCURRENCES_MIN {
            Self::Rising
        } else if now < before && before >= OCCURRENCES_MIN {
            Self::Falling
        } else {
            Self::Steady
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_too_few_to_rise() {
        assert_eq!(Trend::between(0, 2), Trend::Steady);
        assert_eq!(Trend::between(2, 3), Trend::Rising);
        assert_eq!(Trend::between(3, 3), Trend::Steady);
    }

    #[test]
    fn two_are_too_few_to_fall_from() {
        assert_eq!(Trend::between(2, 0), Trend::Steady);
        assert_eq!(Trend::between(3, 2), Trend::Falling);
    }
}
