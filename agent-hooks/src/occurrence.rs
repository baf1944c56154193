//! Is this the very moment that another call told of?

use crate::{Call, Event, Host, Json, Moment};

impl Call {
    /// Returns what tells this occurrence from another of the same session, in a fixed order.
    ///
    /// An agent that finds our entry in two of its files calls twice with the same words.
    pub fn occurrence(&self) -> Vec<String> {
        let agent = self.agent.as_ref().map(|agent| agent.id.clone());
        let mut words = vec![self.turn.clone(), agent];
        match &self.event {
            Event::SessionStart(start) => words.push(start.source.clone()),
            Event::SessionEnd(end) => words.push(end.reason.clone()),
            Event::Prompt(prompt) => words.push(prompt.text.clone()),
            Event::Tool(tool) => {
                // A use without an id is told from the same again by its time; the same use that two files
                // of Copilot tell of may have two.
                let is_timed = tool.use_id.is_none() && self.host != Host::Copilot;
                let id = if is_timed { self.time.clone() } else { tool.use_id.clone() };
                let is_known = id.is_some() && !is_timed;
                words.extend([id, tool.name.clone()]);
                // Results may be long, and an id says enough.
                let json = |json: &Option<Json>| {
                    json.as_ref().filter(|_| !is_known).map(|json| json.text().to_owned())
                };
                words.push(json(&tool.input));
                words.push(match &tool.moment {
                    Moment::Before => None,
                    Moment::After { result } => json(result),
                    Moment::Failed { error, .. } => json(error),
                });
            }
            Event::Compaction(compaction) => words.push(compaction.trigger.clone()),
            Event::Stop(stop) => {
                words.push(stop.last_message.clone());
                words.push(stop.continued.map(|continued| continued.to_string()));
            }
            Event::Other(other) => words.push(other.name.clone()),
        }
        words.into_iter().map(Option::unwrap_or_default).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Host, Surroundings, read};

    fn occurrence(host: Host, payload: &str) -> Vec<String> {
        let surroundings = Surroundings { hint: Some(host), ..Surroundings::default() };
        read(payload.as_bytes(), surroundings).unwrap().call.unwrap().occurrence()
    }

    #[test]
    fn the_same_use_of_a_tool_is_known_by_its_id_and_without_one_by_its_time() {
        let gemini = |time: &str| {
            let text =
                r#"{"session_id":"s","hook_event_name":"AfterTool","tool_name":"ls","timestamp":""#;
            occurrence(Host::Gemini, &format!("{text}{time}\"}}"))
        };
        assert_eq!(gemini("1"), gemini("1"), "one moment");
        assert_ne!(gemini("1"), gemini("2"), "the same again");
        let qwen = |time: &str, id: &str| {
            let text = r#"{"session_id":"s","hook_event_name":"PostToolUse","timestamp":""#;
            occurrence(Host::Qwen, &format!("{text}{time}\",\"tool_use_id\":\"{id}\"}}"))
        };
        assert_eq!(qwen("1", "a"), qwen("2", "a"), "an id outweighs the time");
        assert_ne!(qwen("1", "a"), qwen("1", "b"), "another use");
        let copilot = |time: u32| {
            occurrence(
                Host::Copilot,
                &format!(r#"{{"sessionId":"s","toolName":"bash","timestamp":{time}}}"#),
            )
        };
        assert_eq!(copilot(1), copilot(2), "two files tell of it one after the other");
    }
}
