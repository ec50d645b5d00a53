package dev.claudemesh.bench.rivals;

import dev.claudemesh.bench.load.Contender;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Those we compare with, by the name `--against` takes.
public enum Rivals {
  RABBITMQ("rabbitmq", "rabbitmq-server", "rabbitmq-server") {
    @Override
    Contender contender(Program program) {
      return new RabbitMq(program);
    }
  },
  NATS("nats", "nats-server", "nats-server") {
    @Override
    Contender contender(Program program) {
      return new NatsJetStream(program);
    }
  },
  MOSQUITTO("mosquitto", "mosquitto", "mosquitto") {
    @Override
    Contender contender(Program program) {
      return new Mosquitto(program);
    }
  };

  private final String name;
  private final String program;
  private final String debianPackage;

  Rivals(String name, String program, String debianPackage) {
    this.name = name;
    this.program = program;
    this.debianPackage = debianPackage;
  }

  abstract Contender contender(Program program);

  /// Finds the asked ones on this machine. Says on stderr which are missing and how to get them.
  ///
  /// @throws IllegalArgumentException if there is no such rival
  public static List<Contender> installed(List<String> names) {
    return names.stream().map(Rivals::named).flatMap(rival -> rival.here().stream()).toList();
  }

  private static Rivals named(String name) {
    return Arrays.stream(values())
        .filter(rival -> rival.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "There is no rival \""
                    + name
                    + "\"; there are "
                    + Arrays.stream(values())
                        .map(rival -> rival.name)
                        .collect(Collectors.joining(", "))));
  }

  private Optional<Contender> here() {
    Optional<Program> found = Program.find(program);
    if (found.isEmpty()) {
      System.err.println(
          "bench: "
              + name
              + " is not installed and left out; on Debian: apt install "
              + debianPackage);
    }
    return found.map(this::contender);
  }
}
