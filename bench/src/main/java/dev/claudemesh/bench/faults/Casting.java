package dev.claudemesh.bench.faults;

import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the mesh and its members, by the commands that people use: two members with a session in
/// every client process, and some with one.
record Casting(Path run, String broker) {
  private static final List<String> EVERYWHERE = List.of("ana", "bob");
  private static final List<String> SINGLE = List.of("cem", "dee", "eva", "fil", "gus", "hal");

  Cast cast(int processes) {
    String founder = EVERYWHERE.getFirst();
    command(founder, "create", "faults");
    List<String> others = new ArrayList<>(EVERYWHERE.subList(1, EVERYWHERE.size()));
    others.addAll(SINGLE);
    for (String member : others) {
      command(member, "join", command(founder, "invite").strip());
    }
    command(founder, "peers"); // hands the mesh key to who joined
    others.forEach(member -> command(member, "peers"));
    List<Cast.Peer> peers = new ArrayList<>();
    for (String member : EVERYWHERE) {
      for (int process = 0; process < processes; process++) {
        peers.add(peer(member, process, peers.size()));
      }
    }
    for (String member : SINGLE) {
      peers.add(peer(member, peers.size() % processes, peers.size()));
    }
    return new Cast(membership(founder).meshId(), peers);
  }

  private Cast.Peer peer(String member, int process, int index) {
    String name = member + "-" + process;
    return new Cast.Peer(
        name,
        member,
        new ConfigFolder(Player.Place.config(run, member))
            .sessionKeys()
            .of(name, Instant.now())
            .publicKey()
            .hex(),
        membership(member).key().publicKey().hex(),
        process,
        groups(index));
  }

  private static List<String> groups(int index) {
    return switch (index % 4) {
      case 0 -> List.of("red");
      case 1 -> List.of("red/deep", "blue");
      case 2 -> List.of("blue");
      default -> List.of();
    };
  }

  private Membership membership(String member) {
    return new ConfigFolder(Player.Place.config(run, member))
        .config(warning -> {})
        .read()
        .memberships()
        .getFirst();
  }

  private String command(String member, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> variables =
        Map.of(
            ConfigFolder.VARIABLE,
            Player.Place.config(run, member).toString(),
            "CLAUDEMESH_BROKER_URL",
            broker,
            "USER",
            member);
    Environment environment =
        new Environment(variables, run, run, InputStream.nullInputStream(), Optional.empty());
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            variables);
    int exit = Cli.run(new Context(environment, terminal, InstantSource.system()), arguments);
    if (exit != 0) {
      throw new IllegalStateException(
          "claudemesh "
              + arguments[0]
              + " as "
              + member
              + " ended with "
              + exit
              + ": "
              + err.toString(StandardCharsets.UTF_8));
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
