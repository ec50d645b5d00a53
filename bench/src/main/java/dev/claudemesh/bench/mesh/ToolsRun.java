package dev.claudemesh.bench.mesh;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the tools of a session cost: how fast the MCP server lists them, and how much a model has
/// to read. The server is a process of its own, started as the launcher starts `claudemesh mcp`.
///
/// @param tools which are chosen, as `--tools` takes it
/// @param times how often they are listed after the first time
public record ToolsRun(String tools, int times) {
  private static final long SLOWEST = TimeUnit.SECONDS.toNanos(60);

  /// The vocabulary stands in for Claude's own, which is not public.
  private static final Encoding TOKENS =
      Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  /// Starts a server in an empty home and measures.
  public Result measure(Path home) throws Exception {
    Figures figures = new Figures();
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.redirectError(home.resolve("mcp.log").toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("CLAUDEMESH_CONFIG_DIR", home.resolve(".claudemesh").toString());
    Process process = builder.start();
    try (Writer in = process.outputWriter();
        BufferedReader out = process.inputReader()) {
      long start = System.nanoTime();
      ObjectNode client = Wire.mapper().createObjectNode().put("protocolVersion", "2025-11-25");
      client.putObject("capabilities");
      client.putObject("clientInfo").put("name", "bench").put("version", "1");
      String ready = ask(in, out, 1, "initialize", client);
      figures.put("initialize_ms", (System.nanoTime() - start) / 1e6);
      in.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
      start = System.nanoTime();
      String listed = ask(in, out, 2, "tools/list", Wire.mapper().createObjectNode());
      figures.put("first_list_ms", (System.nanoTime() - start) / 1e6);
      Histogram again = new Histogram(1_000, SLOWEST, 3);
      for (int i = 0; i < times; i++) {
        start = System.nanoTime();
        ask(in, out, 3 + i, "tools/list", Wire.mapper().createObjectNode());
        again.recordValue(System.nanoTime() - start);
      }
      figures.latency("list", again);
      size(figures, Wire.mapper().readTree(ready), Wire.mapper().readTree(listed));
    } finally {
      process.destroy();
    }
    return new Result("tools: " + tools, "nothing is sent", true, figures.values(), List.of());
  }

  private static void size(Figures figures, JsonNode ready, JsonNode listed) {
    JsonNode tools = listed.path("result").path("tools");
    int tokens = 0;
    int longest = 0;
    for (JsonNode tool : tools) {
      tokens += TOKENS.countTokens(tool.toString());
      longest = Math.max(longest, tool.path("description").asString("").length());
    }
    figures.put("tools", (long) tools.size());
    figures.put("bytes", (long) tools.toString().length());
    figures.put("tokens", (long) tokens);
    figures.put("longest_description_chars", (long) longest);
    figures.put(
        "instructions_tokens",
        (long) TOKENS.countTokens(ready.path("result").path("instructions").asString("")));
  }

  private static String ask(
      Writer in, BufferedReader out, int id, String method, ObjectNode parameters)
      throws IOException {
    ObjectNode call =
        Wire.mapper().createObjectNode().put("jsonrpc", "2.0").put("id", id).put("method", method);
    call.set("params", parameters);
    in.write(call + "\n");
    in.flush();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains("\"id\":" + id + ",") || line.contains("\"id\":" + id + "}")) {
        return line;
      }
    }
    throw new IOException("The MCP server ended before it answered " + method);
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms8m",
            "-Xmx96m",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dfile.encoding=UTF-8"));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.claudemesh.cli.Main",
            "mcp",
            "--tools",
            tools));
    return command;
  }
}
