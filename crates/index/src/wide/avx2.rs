//! With AVX2: a block is four registers.

use std::arch::x86_64::{__m128i, __m256i};

use pulp::cast;
use pulp::x86::V3;

use super::{BLOCK, Hurdle, Lanes};

/// By lane the bit of its row.
const BITS: [u16; 16] = {
    let mut bits = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        bits[lane] = 1 << lane;
        lane += 1;
    }
    bits
};

impl Lanes for V3 {
    type Block = [__m256i; 4];

    #[inline(always)]
    fn load(self, sums: &[u16; BLOCK]) -> Self::Block {
        cast(*sums)
    }

    #[inline(always)]
    fn store(self, block: Self::Block, sums: &mut [u16; BLOCK]) {
        *sums = cast(block);
    }

    #[inline(always)]
    fn add(self, mut block: Self::Block, rows: u64, impact: u16) -> Self::Block {
        let impact = self.avx._mm256_set1_epi16(impact as i16);
        for (at, sums) in block.iter_mut().enumerate() {
            let added = self.avx2._mm256_and_si256(mask(self, rows, at), impact);
            *sums = self.avx2._mm256_adds_epu16(*sums, added);
        }
        block
    }

    #[inline(always)]
    fn keep(self, mut block: Self::Block, rows: u64) -> Self::Block {
        for (at, sums) in block.iter_mut().enumerate() {
            *sums = self.avx2._mm256_and_si256(mask(self, rows, at), *sums);
        }
        block
    }

    #[inline(always)]
    fn greatest(self, [a, b, c, d]: Self::Block) -> u16 {
        let (low, high) = (self.avx2._mm256_max_epu16(a, b), self.avx2._mm256_max_epu16(c, d));
        greatest(self, self.avx2._mm256_max_epu16(low, high))
    }

    #[inline(always)]
    fn reaching(self, mut block: Self::Block, least: u16) -> u64 {
        let least = self.avx._mm256_set1_epi16(least as i16);
        for sums in &mut block {
            *sums = self.avx2._mm256_cmpeq_epi16(self.avx2._mm256_max_epu16(*sums, least), *sums);
        }
        let [a, b, c, d] = block;
        u64::from(bits(self, c, d)) << 32 | u64::from(bits(self, a, b))
    }

    #[inline(always)]
    fn taken(
        self,
        [a, b, c, d]: Self::Block,
        floors: &[u16; BLOCK],
        rests: &[u8; BLOCK],
        hurdle: &Hurdle<'_>,
    ) -> u64 {
        let floors: [__m256i; 4] = cast(*floors);
        let rests: [__m128i; 4] = cast(*rests);
        let a = taken(self, a, floors[0], rests[0], hurdle);
        let b = taken(self, b, floors[1], rests[1], hurdle);
        let c = taken(self, c, floors[2], rests[2], hurdle);
        let d = taken(self, d, floors[3], rests[3], hurdle);
        u64::from(bits(self, c, d)) << 32 | u64::from(bits(self, a, b))
    }
}

/// All ones in each lane of register `at` of a block whose row is one of `rows`.
#[inline(always)]
fn mask(set: V3, rows: u64, at: usize) -> __m256i {
    let bits: __m256i = cast(BITS);
    let rows = set.avx._mm256_set1_epi16((rows >> (16 * at)) as i16);
    set.avx2._mm256_cmpeq_epi16(set.avx2._mm256_and_si256(rows, bits), bits)
}

/// The greatest of sixteen sums.
#[inline(always)]
pub(super) fn greatest(set: V3, sums: __m256i) -> u16 {
    let [low, high]: [__m128i; 2] = cast(sums);
    // There is an instruction for the least of eight only.
    let turned: __m128i = cast(!cast::<_, u128>(set.sse4_1._mm_max_epu16(low, high)));
    !(set.sse2._mm_cvtsi128_si32(set.sse4_1._mm_minpos_epu16(turned)) as u16)
}

/// All ones in each lane that takes the hurdle.
#[inline(always)]
fn taken(set: V3, sums: __m256i, floors: __m256i, rests: __m128i, hurdle: &Hurdle<'_>) -> __m256i {
    let threshold = set.avx._mm256_set1_epi16(hurdle.threshold as i16);
    let rest = set.avx._mm256_set1_epi16(hurdle.rest as i16);
    let sum_min = set.avx._mm256_set1_epi16(hurdle.sum_min as i16);
    let beyond = set.avx2._mm256_mullo_epi16(set.avx2._mm256_cvtepu8_epi16(rests), rest);
    let left = set.avx2._mm256_subs_epu16(threshold, beyond);
    let least = set.avx2._mm256_max_epu16(set.avx2._mm256_mulhi_epu16(floors, left), sum_min);
    set.avx2._mm256_cmpeq_epi16(set.avx2._mm256_max_epu16(sums, least), sums)
}

/// A bit per lane, each of which is all ones or all zeros.
#[inline(always)]
fn bits(set: V3, low: __m256i, high: __m256i) -> u32 {
    // Packing takes the halves of both in turn.
    let bytes = set.avx2._mm256_packs_epi16(low, high);
    let bytes = set.avx2._mm256_permute4x64_epi64::<0b11_01_10_00>(bytes);
    set.avx2._mm256_movemask_epi8(bytes) as u32
}
