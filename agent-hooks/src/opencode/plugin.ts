// git-dos: tells git-dos where a session begins, which tools it uses and when it rests. Written by
// `git dos install`; `git dos uninstall` takes it out. Without the program it does nothing.
import { spawn } from "node:child_process"

const program = "git-dos"

// Hands one event to the program and returns what it has to say; whatever goes wrong, it says nothing.
const tell = async (payload) => {
  try {
    const answer = JSON.parse((await ask(payload)) || "{}")
    return answer && typeof answer === "object" ? answer : {}
  } catch {
    return {}
  }
}

const ask = (payload) =>
  new Promise((resolve) => {
    let text = ""
    try {
      const child = spawn(program, ["hook", "agent", "--host", "opencode"], {
        stdio: ["pipe", "pipe", "ignore"],
        timeout: 5000,
        windowsHide: true,
      })
      child.on("error", () => resolve(""))
      child.on("close", () => resolve(text))
      child.stdin.on("error", () => {})
      child.stdout.on("data", (bytes) => {
        text += bytes
      })
      child.stdin.end(JSON.stringify(payload))
    } catch {
      resolve("")
    }
  })

const rare = ["session.created", "session.deleted", "session.compacted", "session.idle"]

export const GitDos = async ({ client, directory }) => {
  // A helper is a session below another one, which answers for it.
  const parents = new Map()
  const whose = (session) => {
    let root = session
    for (let depth = 0; depth < 9 && parents.has(root); depth += 1) root = parents.get(root)
    return root === session ? { session_id: session } : { session_id: root, agent_id: session }
  }
  const hear = (opencode_event, session, more) =>
    tell({ opencode_event, ...whose(session), cwd: directory, ...more })
  const use = (input, more) => ({ tool_name: input?.tool, tool_use_id: input?.callID, ...more })
  return {
    event: async ({ event }) => {
      if (!rare.includes(event?.type)) return
      const info = event.properties?.info
      const session = event.properties?.sessionID ?? info?.id
      if (event.type === "session.created" && info?.parentID) parents.set(session, info.parentID)
      if (!session || parents.has(session)) return
      const { context } = await hear(event.type, session)
      if (!context) return
      try {
        // For the session's next turn; it starts none.
        const body = { noReply: true, parts: [{ type: "text", text: context }] }
        await client.session.prompt({ path: { id: session }, body })
      } catch {}
    },
    "chat.message": async (input, output) => {
      const texts = (output?.parts ?? []).filter((part) => part?.type === "text")
      const prompt = texts.map((part) => part.text).join("\n")
      const model = input?.model?.modelID
      await hear("chat.message", input?.sessionID, { prompt, model, turn_id: input?.messageID })
    },
    "tool.execute.before": async (input, output) => {
      const more = use(input, { tool_input: output?.args })
      const { deny } = await hear("tool.execute.before", input?.sessionID, more)
      if (deny) throw new Error(deny)
    },
    "tool.execute.after": async (input, output) => {
      const more = use(input, { tool_input: input?.args, tool_response: output?.output })
      const { context } = await hear("tool.execute.after", input?.sessionID, more)
      if (context && typeof output?.output === "string") output.output += `\n\n${context}`
    },
  }
}
