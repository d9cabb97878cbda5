//! Without any set of instructions in particular.

use super::{BLOCK, Hurdle, Lanes};

#[derive(Clone, Copy)]
pub(super) struct Portable;

/// For each byte all ones where a bit of it is set: looking a mask up is four times faster than what compilers
/// make of testing bits in 16-bit lanes.
static MASKS: [[u16; 8]; 256] = masks();

const fn masks() -> [[u16; 8]; 256] {
    let mut masks = [[0; 8]; 256];
    let mut at = 0;
    while at < 256 * 8 {
        if (at / 8) >> (at % 8) & 1 == 1 {
            masks[at / 8][at % 8] = u16::MAX;
        }
        at += 1;
    }
    masks
}

/// Each sum with a mask that is all ones where its row is one of `rows`.
#[inline(always)]
fn masked(block: [u16; BLOCK], rows: u64, with: impl Fn(u16, u16) -> u16) -> [u16; BLOCK] {
    let mut changed = block;
    let eights = changed.as_chunks_mut::<8>().0.iter_mut().zip(rows.to_le_bytes());
    for (sums, byte) in eights {
        for (sum, mask) in sums.iter_mut().zip(MASKS[usize::from(byte)]) {
            *sum = with(*sum, mask);
        }
    }
    changed
}

impl Lanes for Portable {
    type Block = [u16; BLOCK];

    #[inline(always)]
    fn load(self, sums: &[u16; BLOCK]) -> Self::Block {
        *sums
    }

    #[inline(always)]
    fn store(self, block: Self::Block, sums: &mut [u16; BLOCK]) {
        *sums = block;
    }

    #[inline(always)]
    fn add(self, block: Self::Block, rows: u64, impact: u16) -> Self::Block {
        masked(block, rows, |sum, mask| sum.saturating_add(mask & impact))
    }

    #[inline(always)]
    fn keep(self, block: Self::Block, rows: u64) -> Self::Block {
        masked(block, rows, |sum, mask| sum & mask)
    }

    #[inline(always)]
    fn greatest(self, block: Self::Block) -> u16 {
        block.iter().fold(0, |greatest, sum| greatest.max(*sum))
    }

    #[inline(always)]
    fn reaching(self, block: Self::Block, least: u16) -> u64 {
        bits(&block.map(|sum| u8::from(sum >= least)))
    }

    #[inline(always)]
    fn taken(
        self,
        block: Self::Block,
        floors: &[u16; BLOCK],
        rests: &[u8; BLOCK],
        hurdle: &Hurdle<'_>,
    ) -> u64 {
        let mut flags = [0; BLOCK];
        let rows = block.iter().zip(floors).zip(rests);
        for (flag, ((sum, floor), rest)) in flags.iter_mut().zip(rows) {
            *flag = u8::from(hurdle.is_taken(*sum, *floor, *rest));
        }
        bits(&flags)
    }
}

/// A bit per flag, each of which is 0 or 1.
#[inline(always)]
fn bits(flags: &[u8; BLOCK]) -> u64 {
    // Moves bit 8 * n of the word to bit 56 + n.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let words = flags.as_chunks::<8>().0.iter().map(|flags| u64::from_le_bytes(*flags));
    words.rev().fold(0, |bits, word| bits << 8 | word.wrapping_mul(GATHER) >> 56)
}
