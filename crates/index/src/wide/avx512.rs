//! With AVX-512: a block is two registers, and sets of rows are masks.

use std::arch::x86_64::{__m256i, __m512i};

use pulp::cast;
use pulp::x86::V4;

use super::{BLOCK, Hurdle, Lanes, avx2};

impl Lanes for V4 {
    type Block = [__m512i; 2];

    #[inline(always)]
    fn load(self, sums: &[u16; BLOCK]) -> Self::Block {
        cast(*sums)
    }

    #[inline(always)]
    fn store(self, block: Self::Block, sums: &mut [u16; BLOCK]) {
        *sums = cast(block);
    }

    #[inline(always)]
    fn add(self, [low, high]: Self::Block, rows: u64, impact: u16) -> Self::Block {
        let impact = self.avx512f._mm512_set1_epi16(impact as i16);
        let [low_rows, high_rows] = halves(rows);
        [
            self.avx512bw._mm512_mask_adds_epu16(low, low_rows, low, impact),
            self.avx512bw._mm512_mask_adds_epu16(high, high_rows, high, impact),
        ]
    }

    #[inline(always)]
    fn keep(self, [low, high]: Self::Block, rows: u64) -> Self::Block {
        let [low_rows, high_rows] = halves(rows);
        [
            self.avx512bw._mm512_maskz_mov_epi16(low_rows, low),
            self.avx512bw._mm512_maskz_mov_epi16(high_rows, high),
        ]
    }

    #[inline(always)]
    fn greatest(self, [low, high]: Self::Block) -> u16 {
        let [low, high]: [__m256i; 2] = cast(self.avx512bw._mm512_max_epu16(low, high));
        avx2::greatest(*self, self.avx2._mm256_max_epu16(low, high))
    }

    #[inline(always)]
    fn reaching(self, [low, high]: Self::Block, least: u16) -> u64 {
        let least = self.avx512f._mm512_set1_epi16(least as i16);
        let low = self.avx512bw._mm512_cmpge_epu16_mask(low, least);
        let high = self.avx512bw._mm512_cmpge_epu16_mask(high, least);
        u64::from(high) << 32 | u64::from(low)
    }

    #[inline(always)]
    fn taken(
        self,
        [low, high]: Self::Block,
        floors: &[u16; BLOCK],
        rests: &[u8; BLOCK],
        hurdle: &Hurdle<'_>,
    ) -> u64 {
        let floors: [__m512i; 2] = cast(*floors);
        let rests: [__m256i; 2] = cast(*rests);
        let low = taken(self, low, floors[0], rests[0], hurdle);
        let high = taken(self, high, floors[1], rests[1], hurdle);
        u64::from(high) << 32 | u64::from(low)
    }
}

fn halves(rows: u64) -> [u32; 2] {
    [rows as u32, (rows >> 32) as u32]
}

#[inline(always)]
fn taken(set: V4, sums: __m512i, floors: __m512i, rests: __m256i, hurdle: &Hurdle<'_>) -> u32 {
    let threshold = set.avx512f._mm512_set1_epi16(hurdle.threshold as i16);
    let rest = set.avx512f._mm512_set1_epi16(hurdle.rest as i16);
    let sum_min = set.avx512f._mm512_set1_epi16(hurdle.sum_min as i16);
    let beyond = set.avx512bw._mm512_mullo_epi16(set.avx512bw._mm512_cvtepu8_epi16(rests), rest);
    let left = set.avx512bw._mm512_subs_epu16(threshold, beyond);
    let least = set.avx512bw._mm512_mulhi_epu16(floors, left);
    let least = set.avx512bw._mm512_max_epu16(least, sum_min);
    set.avx512bw._mm512_cmpge_epu16_mask(sums, least)
}
