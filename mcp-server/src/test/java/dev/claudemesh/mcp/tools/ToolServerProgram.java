package dev.claudemesh.mcp.tools;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import tools.jackson.databind.json.JsonMapper;

/// A small MCP server as a program of its own. What it is sent is written into the file that `LOG`
/// names, if it does. With `STUBBORN` it does not end when it is asked to; with `EMPTY` it has no
/// tools.
public final class ToolServerProgram {
  private ToolServerProgram() {}

  /// The command that starts it.
  public static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
        ToolServerProgram.class.getName());
  }

  /// @param arguments none
  public static void main(String[] arguments) throws Exception {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    CountDownLatch over = new CountDownLatch(1);
    PipedOutputStream copy = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(copy, 1 << 20);
    Thread.ofPlatform().daemon().start(() -> copy(System.in, copy, over));
    if (System.getenv("STUBBORN") != null) {
      Runtime.getRuntime().addShutdownHook(new Thread(ToolServerProgram::hang));
    }
    StdioServerTransportProvider wire =
        new StdioServerTransportProvider(
            new JacksonMcpJsonMapper(JsonMapper.builder().build()), in, out);
    if (System.getenv("EMPTY") != null) {
      McpServer.sync(wire).serverInfo("empty", "1").build();
      over.await();
      System.exit(0);
    }
    serve(wire, out);
    over.await();
    System.exit(0);
  }

  private static void serve(StdioServerTransportProvider wire, OutputStream out) {
    AtomicReference<McpSyncServer> server = new AtomicReference<>();
    McpSyncServer built =
        McpServer.sync(wire)
            .serverInfo("test-tools", "1")
            .instructions("Tools for tests")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(true).build())
            .tools(
                tool(
                    "echo", (exchange, call) -> text(String.valueOf(call.arguments().get("text")))),
                tool("pid", (exchange, call) -> text("" + ProcessHandle.current().pid())),
                tool(
                    "variables",
                    (exchange, call) -> text(String.join(" ", System.getenv().keySet()))),
                tool("fail", (exchange, call) -> failed("it went wrong")),
                tool("large", (exchange, call) -> text("x".repeat(number(call, "size")))),
                tool("count", ToolServerProgram::count),
                tool("hang", (exchange, call) -> hang()),
                tool("die", (exchange, call) -> die()),
                tool("print", (exchange, call) -> print(out, call)),
                tool("mute", (exchange, call) -> mute(out)),
                tool("grow", (exchange, call) -> grow(server.get())))
            .build();
    server.set(built);
  }

  private static CallToolResult grow(McpSyncServer server) {
    server.addTool(tool("grown", (exchange, call) -> text("grown")));
    return text("done");
  }

  /// Says what no server should say where messages are expected, and nothing more where errors are.
  private static CallToolResult print(OutputStream out, CallToolRequest call) {
    try {
      System.err.close();
      out.write((call.arguments().get("text") + "\n").getBytes(StandardCharsets.UTF_8));
      out.write(("x".repeat(number(call, "size")) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      return failed(e.toString());
    }
    return text("printed");
  }

  private static CallToolResult mute(OutputStream out) {
    try {
      out.close();
    } catch (IOException e) {
      return failed(e.toString());
    }
    return hang();
  }

  private static void copy(InputStream from, OutputStream to, CountDownLatch over) {
    String log = System.getenv("LOG");
    byte[] buffer = new byte[8_192];
    try {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
        if (log != null) {
          Files.write(
              Path.of(log),
              java.util.Arrays.copyOf(buffer, count),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
        }
      }
    } catch (IOException e) {
      System.err.println(e);
    }
    over.countDown();
  }

  private static SyncToolSpecification tool(
      String name, BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> call) {
    return new SyncToolSpecification(
        McpSchema.Tool.builder(
                name,
                Map.of("type", "object", "properties", Map.of("text", Map.of("type", "string"))))
            .description("Does " + name)
            .build(),
        call);
  }

  private static CallToolResult text(String text) {
    return CallToolResult.builder(List.of(McpSchema.TextContent.builder(text).build())).build();
  }

  private static CallToolResult failed(String text) {
    return CallToolResult.builder(List.of(McpSchema.TextContent.builder(text).build()))
        .isError(true)
        .build();
  }

  private static int number(CallToolRequest call, String name) {
    return ((Number) call.arguments().get(name)).intValue();
  }

  /// Tells three steps of progress; with a text, it does not end then.
  private static CallToolResult count(McpSyncServerExchange exchange, CallToolRequest call) {
    for (int i = 1; i <= 3; i++) {
      exchange.progressNotification(
          new McpSchema.ProgressNotification(
              call.progressToken(), (double) i, 3.0, "secret step " + i, null));
    }
    return call.arguments().containsKey("text") ? hang() : text("counted");
  }

  private static CallToolResult hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return text("never");
  }

  private static CallToolResult die() {
    Runtime.getRuntime().halt(3);
    return text("never");
  }

  static boolean wasSent(Path log, String text) throws IOException {
    return Files.exists(log) && Files.readString(log, StandardCharsets.UTF_8).contains(text);
  }
}
