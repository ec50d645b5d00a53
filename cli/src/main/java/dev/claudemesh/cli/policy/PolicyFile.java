package dev.claudemesh.cli.policy;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.client.EditDistance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Reads `policy.yaml`. Nothing in it is passed over: what is not understood ends the command, with
/// the line and what may stand there.
///
/// ```yaml
/// ask: write          # before: nothing, destroy (as without a policy), write, read
/// commands:           # by their words; the first word alone means all that begin with it
///   send: allow       # allow, ask, refuse
///   task delete: ask
///   ban: refuse       # whatever flags are given
/// ```
final class PolicyFile {
  static final String NAME = "policy.yaml";
  private static final int MOST = 65_536;
  private static final List<String> KEYS = List.of("ask", "commands");

  private final Path path;
  private final Function<String, Optional<String>> command;
  private final Collection<String> known;

  /// @param command the proper words of a command; empty if there is none
  /// @param known the first words that there are, for hints
  PolicyFile(Path path, Function<String, Optional<String>> command, Collection<String> known) {
    this.path = path;
    this.command = command;
    this.known = known;
  }

  /// @throws CommandFailure `arguments` with what is wrong and where
  Policy read() {
    try {
      if (Files.size(path) > MOST) {
        throw new CommandFailure(
            ExitCode.ARGUMENTS, path + " is too long: at most " + MOST + " bytes");
      }
      LoadSettings settings = LoadSettings.builder().setLabel(NAME).build();
      return new Compose(settings)
          .composeString(Files.readString(path))
          .map(this::policy)
          .orElse(Policy.USUAL);
    } catch (MarkedYamlEngineException e) {
      throw wrong(
          e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
          "this is not YAML: " + e.getProblem());
    } catch (YamlEngineException | IOException e) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS,
          path + " cannot be read: " + e.getMessage() + ". Mend it, or remove it");
    }
  }

  private Policy policy(Node root) {
    AskBefore ask = Policy.USUAL.ask();
    Map<String, Decision> commands = Map.of();
    for (NodeTuple entry : entries(root, "a policy")) {
      String key = text(entry.getKeyNode());
      switch (key) {
        case "ask" ->
            ask =
                AskBefore.of(text(entry.getValueNode()))
                    .orElseThrow(() -> unknown(entry.getValueNode(), "ask", AskBefore.words()));
        case "commands" -> commands = commands(entry.getValueNode());
        default ->
            throw wrong(
                line(entry.getKeyNode()),
                "\"" + key + "\" is nothing a policy has; it may have " + list(KEYS));
      }
    }
    return new Policy(ask, commands);
  }

  private Map<String, Decision> commands(Node node) {
    Map<String, Decision> commands = new HashMap<>();
    for (NodeTuple entry : entries(node, "commands")) {
      String key = text(entry.getKeyNode());
      String words =
          command.apply(key).orElseThrow(() -> wrong(line(entry.getKeyNode()), noCommand(key)));
      Decision decision =
          Decision.of(text(entry.getValueNode()))
              .orElseThrow(() -> unknown(entry.getValueNode(), key, Decision.words()));
      if (commands.put(words, decision) != null) {
        throw wrong(line(entry.getKeyNode()), "\"" + words + "\" stands here twice");
      }
    }
    return Map.copyOf(commands);
  }

  private String noCommand(String key) {
    List<String> near = EditDistance.near(key, known);
    return "\""
        + key
        + "\" is no command"
        + (near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?");
  }

  private List<NodeTuple> entries(Node node, String what) {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(line(node), what + " has fields, each with a value: <field>: <value>");
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String key = text(entry.getKeyNode());
      if (!seen.add(key)) {
        throw wrong(line(entry.getKeyNode()), "\"" + key + "\" stands here twice");
      }
    }
    return mapping.getValue();
  }

  private String text(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong(line(node), "one word is expected here");
    }
    return scalar.getValue().strip();
  }

  private CommandFailure unknown(Node value, String key, List<String> words) {
    return wrong(line(value), key + " cannot be \"" + text(value) + "\"; it may be " + list(words));
  }

  private static String list(List<String> words) {
    return String.join(", ", words);
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private CommandFailure wrong(int line, String what) {
    return new CommandFailure(ExitCode.ARGUMENTS, path + ", line " + line + ": " + what);
  }
}
