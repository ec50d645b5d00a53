package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import tools.jackson.databind.node.ObjectNode;

/// `mesh_mcp_register`: a model cannot answer calls, and must not start programs past the
/// permissions of its session. So it says what the user types to lend a real server.
final class RegisterServerTool implements Tool {
  private static final String SCHEMA =
      """
      {"type":"object","required":["server_name"],"properties":{
       "server_name":{"type":"string","description":"Name others will call it by"},
       "description":{"type":"string","description":"What it is for"}}}
      """;

  @Override
  public String name() {
    return "mesh_mcp_register";
  }

  @Override
  public String description() {
    return "How to lend a stdio MCP server's tools to the mesh. A session cannot host one by"
        + " itself: this answers with the command that the user runs.";
  }

  @Override
  public String group() {
    return "services";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode) Wire.mapper().readTree(SCHEMA);
  }

  @Override
  public Effect effect() {
    return Effect.READ;
  }

  @Override
  public String call(ObjectNode node) {
    String server = new Arguments(name(), node).requiredText("server_name");
    throw new Problem(
        ProblemCode.INVALID,
        "Nothing was registered: this session cannot answer calls. Ask the user to run, on the"
            + " machine where the server is, and to leave running: claudemesh mcp host "
            + quoted(server)
            + " -- <command that starts the stdio MCP server>. Others may call it once the user"
            + " allows them: claudemesh grant <member> tools");
  }

  private static String quoted(String name) {
    return name.matches("[A-Za-z0-9._-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }
}
