//! The WAV file of a recording: G.711 µ-law at 8,000 Hz, two channels.

/// Bytes before the first sample.
pub(crate) const HEADER_BYTES: u64 = 58;
/// Bytes a second of both channels.
pub(crate) const BYTES_PER_SECOND: u64 = 16_000;
/// The format's number for G.711 µ-law.
const MULAW: u16 = 7;

/// The header of a file with so many bytes of sound.
pub(crate) fn header(sound_bytes: u64) -> Vec<u8> {
    // Sizes have 32 bits; the limit of a recording is far below.
    let sound = u32::try_from(sound_bytes).unwrap_or(u32::MAX - 58);
    let mut header = Vec::with_capacity(58);
    header.extend(b"RIFF");
    header.extend((sound + 50).to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(18_u32.to_le_bytes());
    header.extend(MULAW.to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(8_000_u32.to_le_bytes());
    header.extend(16_000_u32.to_le_bytes());
    header.extend(2_u16.to_le_bytes());
    header.extend(8_u16.to_le_bytes());
    header.extend(0_u16.to_le_bytes());
    header.extend(b"fact");
    header.extend(4_u32.to_le_bytes());
    header.extend((sound / 2).to_le_bytes());
    header.extend(b"data");
    header.extend(sound.to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_its_length_and_the_sizes() {
        let header = header(32_000);
        assert_eq!(header.len() as u64, HEADER_BYTES);
        assert_eq!(header[4..8], (58_u32 - 8 + 32_000).to_le_bytes());
        assert_eq!(
            (&header[8..16], &header[46..50], &header[54..58]),
            (&b"WAVEfmt "[..], &16_000_u32.to_le_bytes()[..], &32_000_u32.to_le_bytes()[..])
        );
    }
}
