package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Terminal;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// Where the program starts.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    if (arguments.length == 1 && Version.OPTIONS.contains(arguments[0])) {
      out.println(Version.line());
      out.flush();
      return;
    }
    HeadStart.take(arguments);
    boolean interactive = System.console() != null && System.console().isTerminal();
    Environment environment =
        new Environment(
            System.getenv(),
            Path.of(System.getProperty("user.home")),
            Path.of("").toAbsolutePath(),
            System.in,
            Optional.ofNullable(System.getProperty("claudemesh.launcher")).map(Path::of));
    Terminal terminal = new Terminal(out, err, interactive, environment.variables());
    int exit = Cli.run(new Context(environment, terminal, InstantSource.system()), arguments);
    out.flush();
    System.exit(exit);
  }
}
