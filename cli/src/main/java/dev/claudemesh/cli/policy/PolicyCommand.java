package dev.claudemesh.cli.policy;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/// Tells which commands ask first.
@Does(Effect.READ)
@Command(
    name = "policy",
    description = "Show which commands are done, asked about or refused by your policy.yaml.",
    footer = {
      "",
      "How one is written: claudemesh help asking",
      "For one command only: claudemesh ban bob --approval-mode nothing"
    })
public final class PolicyCommand extends CliCommand {
  public PolicyCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param file where the policy stands; absent if there is none
  record Shown(Optional<String> file, String ask, List<Row> commands) {}

  /// @param effect what it changes: read, write, destroy
  /// @param policy allow, ask or refuse
  record Row(String command, String effect, String policy) {}

  @Override
  protected Answer answer() {
    CommandLine tree = Cli.tree(context);
    Path file = context.folder().path().resolve(PolicyFile.NAME);
    boolean written = Files.exists(file);
    Policy policy = (written ? Gate.read(file, tree) : Policy.USUAL).with(context.consent().mode());
    List<Row> rows = new ArrayList<>();
    collect(tree, policy, rows);
    Answer answer =
        Answer.of(
            new Shown(
                written ? Optional.of(file.toString()) : Optional.empty(),
                policy.ask().word(),
                rows));
    Table table = Table.of("COMMAND", "DOES", "POLICY");
    rows.forEach(row -> table.row(row.command(), row.effect(), row.policy()));
    return answer
        .table(table)
        .line(Style.MUTED, written ? "By " + file : "There is no " + file + "; so it is usually.")
        .next("claudemesh help asking");
  }

  private static void collect(CommandLine below, Policy policy, List<Row> rows) {
    new TreeMap<>(below.getSubcommands())
        .forEach((name, command) -> {
          CommandSpec spec = command.getCommandSpec();
          if (name.equals(spec.name())) {
            Gate.effect(spec).ifPresent(effect -> rows.add(row(spec, effect, policy)));
            collect(command, policy, rows);
          }
        });
  }

  private static Row row(CommandSpec spec, Effect effect, Policy policy) {
    String words = Gate.words(spec);
    return new Row(words, word(effect), policy.decide(words, effect).word());
  }

  private static String word(Effect effect) {
    return switch (effect) {
      case READ -> AskBefore.READ.word();
      case REPEATABLE, WRITE -> AskBefore.WRITE.word();
      case DESTROY -> AskBefore.DESTROY.word();
    };
  }
}
