package dev.claudemesh.cli.policy;

import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.CatalogCommand;
import dev.claudemesh.protocol.Operation.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/// What every command goes through before it is done. Without a `policy.yaml` and without
/// `--approval-mode` that is a look whether the file is there.
public final class Gate implements IExecutionStrategy {
  private final Context context;

  public Gate(Context context) {
    this.context = context;
  }

  @Override
  public int execute(ParseResult parsed) {
    List<CommandLine> chain = parsed.asCommandLineList();
    CommandLine command = chain.getLast();
    boolean helps =
        chain.stream().anyMatch(one -> one.isUsageHelpRequested() || one.isVersionHelpRequested());
    Optional<Effect> effect = effect(command.getCommandSpec());
    if (!helps && effect.isPresent()) {
      try {
        pass(command.getCommandSpec(), effect.get());
      } catch (CommandFailure | IOException e) {
        throw new CommandLine.ExecutionException(command, e.getMessage(), e);
      }
    }
    return new RunLast().execute(parsed);
  }

  private void pass(CommandSpec command, Effect effect) throws IOException {
    Optional<AskBefore> mode = context.consent().mode();
    Path file = context.folder().path().resolve(PolicyFile.NAME);
    boolean written = Files.exists(file);
    if (!written && mode.isEmpty()) {
      return;
    }
    String words = words(command);
    Policy policy = (written ? read(file, Cli.tree(context)) : Policy.USUAL).with(mode);
    switch (policy.decide(words, effect)) {
      case ALLOW -> context.consent().give();
      case ASK -> {
        if (effect == Effect.DESTROY) {
          context.consent().need();
        } else {
          Confirm.ask(
              context, "Shall claudemesh " + words + " be done?", "--approval-mode nothing");
        }
      }
      case REFUSE ->
          throw new CommandFailure(
              ExitCode.PERMISSION, file + " refuses claudemesh " + words + ". Nothing was done");
    }
  }

  /// What there is of a policy, and where it comes from.
  static Policy read(Path file, CommandLine tree) {
    return new PolicyFile(file, words -> canonical(tree, words), names(tree)).read();
  }

  private static Collection<String> names(CommandLine tree) {
    return tree.getSubcommands().entrySet().stream()
        .flatMap(word ->
            Stream.concat(
                Stream.of(word.getKey()),
                word.getValue().getSubcommands().keySet().stream()
                    .map(below -> word.getKey() + " " + below)))
        .toList();
  }

  private static Optional<String> canonical(CommandLine tree, String words) {
    CommandLine command = tree;
    for (String word : words.split("\\s+")) {
      Map<String, CommandLine> below = command.getSubcommands();
      if (!below.containsKey(word)) {
        return Optional.empty();
      }
      command = below.get(word);
    }
    return Optional.of(words(command.getCommandSpec()));
  }

  /// The words of a command behind `claudemesh`, by their first names.
  static String words(CommandSpec command) {
    String name = command.qualifiedName();
    return name.substring(name.indexOf(' ') + 1);
  }

  /// What a command changes; empty if no policy is about it.
  static Optional<Effect> effect(CommandSpec command) {
    return command.userObject() instanceof CatalogCommand made
        ? Optional.of(made.effect())
        : Optional.ofNullable(command.userObject().getClass().getAnnotation(Does.class))
            .map(Does::value);
  }
}
