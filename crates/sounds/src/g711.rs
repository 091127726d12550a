//! G.711 µ-law: 8 bits a sample, 8,000 samples a second. Source: ITU-T G.711, table 2.

/// The byte that stands for silence.
pub const SILENCE: u8 = 0xff;
/// Samples a second.
pub const RATE_HZ: u32 = 8_000;

const BIAS: i32 = 0x84;
const CLIP: i32 = 32_635;

/// Every byte's sample, 16 bit.
const DECODED: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let code = !(byte as u8);
        let magnitude = ((((code & 0x0f) as i32) << 3) + BIAS) << ((code & 0x70) >> 4);
        let sample = magnitude - BIAS;
        table[byte] = if code & 0x80 != 0 { -sample as i16 } else { sample as i16 };
        byte += 1;
    }
    table
};

/// The sample of a byte.
pub const fn decode_sample(byte: u8) -> i16 {
    DECODED[byte as usize]
}

/// The byte of a sample.
pub const fn encode_sample(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0x80, -(sample as i32)) } else { (0, sample as i32) };
    let magnitude = (if magnitude > CLIP { CLIP } else { magnitude }) + BIAS;
    // The bias makes bit 7 the lowest that can lead.
    let segment = (31 - magnitude.leading_zeros() as i32) - 7;
    let step = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | (segment << 4) as u8 | step as u8)
}

/// µ-law bytes as samples.
pub fn decode(bytes: &[u8]) -> Vec<i16> {
    bytes.iter().map(|byte| decode_sample(*byte)).collect()
}

/// Samples as µ-law bytes.
pub fn encode(samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|sample| encode_sample(*sample)).collect()
}

/// Loudness of µ-law audio: the root mean square of its samples, 0 to 32,124.
pub fn loudness(bytes: &[u8]) -> f32 {
    if bytes.is_empty() {
        return 0.0;
    }
    let sum: f64 = bytes.iter().map(|byte| f64::from(decode_sample(*byte)).powi(2)).sum();
    (sum / bytes.len() as f64).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_standards() {
        // Ends of the segments, G.711 table 2a and 2b, scaled to 16 bit.
        for (byte, sample) in [
            (0x80, 32_124),
            (0x00, -32_124),
            (0xff, 0),
            (0x7f, 0),
            (0xfe, 8),
            (0xf0, 120),
            (0xef, 132),
            (0xe0, 372),
            (0x8f, 16_764),
            (0x0f, -16_764),
        ] {
            assert_eq!(decode_sample(byte), sample, "{byte:#04x}");
        }
    }

    #[test]
    fn every_byte_survives_a_round_trip() {
        for byte in 0..=255u8 {
            // 0x7f is minus zero; it comes back as plus zero.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(encode_sample(decode_sample(byte)), expected, "{byte:#04x}");
        }
    }

    #[test]
    fn every_sample_is_as_near_as_its_segment_allows() {
        for sample in i16::MIN..=i16::MAX {
            let error = (i32::from(decode_sample(encode_sample(sample))) - i32::from(sample)).abs();
            let size = i32::from(sample).abs();
            // Half a step: a step is 8 in the first segment and doubles; the top is clipped at 32,635.
            let allowed = if size > CLIP { 32_768 - 32_124 } else { ((size + BIAS) >> 5).max(4) };
            assert!(error <= allowed, "{sample}: {error} > {allowed}");
        }
    }

    #[test]
    fn silence_is_silent_and_speech_is_not() {
        assert_eq!(loudness(&[SILENCE; 160]), 0.0);
        assert!(loudness(&encode(&[8_000; 160])) > 7_000.0);
        assert_eq!(loudness(&[]), 0.0);
    }
}
