//! Names for grams, terms and ids: numbers that say nothing of the text they stand for.

/// FNV-1a, 64 bits: Fowler, Noll and Vo, RFC 9923.
#[derive(Debug)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    /// Takes one more byte in.
    pub(crate) fn add(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }

    /// Takes one more character in.
    pub(crate) fn add_char(&mut self, character: char) {
        u32::from(character).to_le_bytes().into_iter().for_each(|byte| self.add(byte));
    }

    /// All of it.
    pub(crate) fn value(&self) -> u64 {
        self.0
    }

    /// Its halves laid over each other.
    pub(crate) fn folded(&self) -> u32 {
        (self.0 ^ (self.0 >> 32)) as u32
    }
}

/// The number of a text. Of a million terms two share one once in 37 million corpora.
pub(crate) fn number_of(text: &str) -> u64 {
    let mut hash = Fnv::default();
    text.bytes().for_each(|byte| hash.add(byte));
    hash.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_rfc() {
        assert_eq!(number_of(""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(number_of("foobar"), 0x8594_4171_F739_67E8);
    }
}
