//! Recency: what failed lately fails again.

/// A boost that fades: `1 + gain * e^(-age / days)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fading {
    /// What it adds at age 0.
    pub gain: f64,
    /// After how many days a share of 1/e is left.
    pub days: f64,
}

impl Fading {
    /// The factor at an age of `age_days`; one of the future counts as age 0.
    #[must_use]
    pub fn factor(&self, age_days: f64) -> f64 {
        1.0 + self.gain * (-age_days.max(0.0) / self.days).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boost_fades_with_age() {
        let fading = Fading { gain: 0.35, days: 180.0 };
        assert_eq!(fading.factor(0.0), 1.35);
        assert_eq!(fading.factor(-3.0), 1.35);
        assert!((fading.factor(180.0) - (1.0 + 0.35 / std::f64::consts::E)).abs() < 1e-12);
        assert!(fading.factor(1e6) - 1.0 < 1e-12);
    }
}
