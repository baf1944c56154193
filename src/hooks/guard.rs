//! May our own fault stop somebody's work? No: a panic becomes a value here.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// Keeps panics from writing to standard error for the rest of the process.
pub fn silence_panics() {
    set_hook(Box::new(|_| {}));
}

/// Runs `work`; a panic in it comes back as its message.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a message".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_is_a_value() {
        assert_eq!(catch(|| 1), Ok(1), "no panic, no change");
        let word = "formatted";
        assert_eq!(catch(|| panic!("plain")), Err::<(), _>("plain".to_owned()), "a literal");
        assert_eq!(
            catch(|| panic!("{word}")),
            Err::<(), _>("formatted".to_owned()),
            "a formatted message"
        );
    }
}
