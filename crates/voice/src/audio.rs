//! Audio of the wire and audio of the ears and the mouth.

use bytes::Bytes;
use speech::Resampler;
use wire::g711;
use wire::realtime::AudioFormat;

/// A format that this server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// µ-law, 8 kHz.
    Pcmu,
    /// 16 bit little-endian, 24 kHz.
    Pcm24,
}

impl Format {
    /// `None` for A-law, which telephones on this side of the Atlantic do not use.
    pub(crate) fn of(format: AudioFormat) -> Option<Self> {
        match format {
            AudioFormat::Pcmu {} => Some(Self::Pcmu),
            AudioFormat::Pcm { .. } => Some(Self::Pcm24),
            AudioFormat::Pcma {} => None,
        }
    }

    /// Bytes of one millisecond.
    pub(crate) fn bytes_per_ms(self) -> usize {
        match self {
            Self::Pcmu => 8,
            Self::Pcm24 => 48,
        }
    }

    /// Our samples on the wire; at the rate of [`Format::rate_is_24k`].
    pub fn encode(self, samples: &[i16]) -> Bytes {
        match self {
            Self::Pcmu => g711::encode(samples).into(),
            Self::Pcm24 => samples.iter().flat_map(|sample| sample.to_le_bytes()).collect(),
        }
    }

    /// Whether [`Format::encode`] wants 24 kHz and not 8 kHz.
    pub fn rate_is_24k(self) -> bool {
        self == Self::Pcm24
    }
}

/// What comes from the client, as a stream.
pub(crate) enum Decoder {
    Pcmu,
    Pcm24 {
        resampler: Resampler,
        /// Half a sample, at the end of what came last.
        odd: Option<u8>,
    },
}

impl Decoder {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Pcmu => Self::Pcmu,
            Format::Pcm24 => Self::Pcm24 { resampler: Resampler::new(3, 1), odd: None },
        }
    }

    /// Samples of 8 kHz.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> Vec<i16> {
        match self {
            Self::Pcmu => g711::decode(bytes),
            Self::Pcm24 { resampler, odd } => {
                let bytes: Vec<u8> = odd.take().into_iter().chain(bytes.iter().copied()).collect();
                let pairs = bytes.chunks_exact(2);
                *odd = pairs.remainder().first().copied();
                let samples: Vec<f32> = pairs.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]]))).collect();
                resampler.push(&samples).into_iter().map(|sample| sample as i16).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_samples_wait_for_their_other_half() {
        let samples: Vec<i16> = (0..2_400).map(|i| ((i as f32 * 0.05).sin() * 8_000.0) as i16).collect();
        let bytes = Format::Pcm24.encode(&samples);
        assert_eq!(bytes.len(), 100 * Format::Pcm24.bytes_per_ms());
        let whole = Decoder::new(Format::Pcm24).decode(&bytes);
        let mut decoder = Decoder::new(Format::Pcm24);
        let pieces: Vec<i16> = bytes.chunks(7).flat_map(|piece| decoder.decode(piece)).collect();
        assert_eq!(whole, pieces);
        assert!((790..=800).contains(&whole.len()), "{}", whole.len());
    }
}
