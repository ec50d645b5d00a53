package dev.claudemesh.mcp.tools;

import dev.claudemesh.mcp.ClaudeMcp;
import dev.claudemesh.protocol.config.ConfigFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.List;

/// The MCP server of a session, as a program of its own.
public final class SessionProgram {
  private SessionProgram() {}

  /// The command that starts it with a config folder.
  public static List<String> command(Path config) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
        SessionProgram.class.getName(),
        config.toString());
  }

  /// @param arguments the config folder
  public static void main(String[] arguments) {
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    ClaudeMcp.run(System.getenv(), new ConfigFolder(Path.of(arguments[0])), "test", System.in, out);
    System.exit(0);
  }
}
