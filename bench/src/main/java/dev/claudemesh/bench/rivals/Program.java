package dev.claudemesh.bench.rivals;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A program that is installed here.
record Program(Path path) {
  /// Where Debian puts servers, whatever the PATH of the user. The first is RabbitMQ's own script:
  /// the one on the PATH changes to a user that may not write where we do.
  private static final List<String> MORE_FOLDERS =
      List.of("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/usr/sbin", "/sbin");

  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

  static Optional<Program> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            MORE_FOLDERS.stream(),
            Stream.of(path.split(File.pathSeparator)).filter(part -> !part.isEmpty()))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Program::new);
  }

  /// The first version number in what the program prints; "?" if it prints none.
  String version(String... arguments) {
    Matcher matcher = VERSION.matcher(output(arguments).text());
    return matcher.find() ? matcher.group() : "?";
  }

  /// @param text both streams
  record Output(int exit, String text) {}

  /// Runs it to its end.
  Output output(String... arguments) {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      return new Output(-1, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Output(-1, "interrupted");
    }
  }

  /// Starts it as a server.
  Server start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    return Server.start(folder, environment, command);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
