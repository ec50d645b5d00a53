package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the launcher makes the commands' AOT cache from: runs in one process what people run most,
/// in a folder of its own, and tells nobody what came out.
///
/// Arguments: the folder, and the URL of a broker that may be used; without a broker nothing that
/// needs one is learned.
public final class Training {
  private static final List<String> ALONE =
      List.of("--help", "peers --help", "send --help", "list", "list --json", "peers");
  private static final List<String> ONLINE =
      List.of(
          "create team --as ana",
          "invite",
          "peers",
          "peers --json",
          "send ana hello",
          "inbox",
          "inbox --json",
          "members",
          "status",
          "state set build green",
          "state get build",
          "list");

  private Training() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Map<String, String> variables =
        Map.of(
            "HOME",
            folder.resolve("home").toString(),
            "CLAUDEMESH_CONFIG_DIR",
            folder.resolve("config").toString(),
            "CLAUDEMESH_BROKER_URL",
            arguments[1],
            "LANG",
            "C.UTF-8");
    Context context =
        new Context(
            new Environment(
                variables,
                folder.resolve("home"),
                folder,
                InputStream.nullInputStream(),
                Optional.empty()),
            new Terminal(nowhere(), nowhere(), false, variables),
            InstantSource.system());
    ALONE.forEach(line -> Cli.run(context, line.split(" ")));
    if (!arguments[1].isEmpty()) {
      ONLINE.forEach(line -> Cli.run(context, line.split(" ")));
    }
    System.exit(0);
  }

  private static PrintStream nowhere() {
    return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
  }
}
