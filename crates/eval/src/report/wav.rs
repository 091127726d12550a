//! A call as it was on the line, for listening.

use sounds::g711;

const RATE: u32 = 8_000;

/// A stereo WAV of 16 bit: the callee on the left, the agent on the right, both given as µ-law.
pub fn wav([callee, agent]: &[Vec<u8>; 2]) -> Vec<u8> {
    let bytes = u32::try_from(callee.len().min(agent.len()) * 4).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(bytes as usize + 44);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for part in [1_u16, 2] {
        file.extend(part.to_le_bytes());
    }
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 4).to_le_bytes());
    for part in [4_u16, 16] {
        file.extend(part.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    for (callee, agent) in callee.iter().zip(agent) {
        file.extend(g711::decode_sample(*callee).to_le_bytes());
        file.extend(g711::decode_sample(*agent).to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callee_is_left_and_the_agent_right() {
        let file = wav(&[vec![g711::encode_sample(1_000); 3], vec![g711::SILENCE; 3]]);
        assert_eq!((file.len(), &file[..4], &file[36..40]), (44 + 12, &b"RIFF"[..], &b"data"[..]));
        let left = i16::from_le_bytes([file[44], file[45]]);
        assert!((900..1_100).contains(&left), "{left}");
        assert_eq!(&file[46..48], &[0, 0]);
    }
}
