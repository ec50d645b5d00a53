package dev.claudemesh.cli;

import dev.claudemesh.cli.policy.AskBefore;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/// The options that every command has beside those it declares itself.
final class EveryCommand {
  private EveryCommand() {}

  static void options(CommandLine command, Context context) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.findOption("--quiet") == null) {
      spec.addOption(
          OptionSpec.builder("-q", "--quiet")
              .description("Print only the answer; failures are told all the same.")
              .type(boolean.class)
              .arity("0")
              .setter(
                  EveryCommand.<Boolean>to(quiet -> {
                    if (quiet) {
                      context.terminal().hush();
                    }
                  }))
              .build());
    }
    spec.addOption(
        OptionSpec.builder("--approval-mode")
            .paramLabel("<ask before>")
            .description(
                "Ask before commands that: "
                    + String.join(", ", AskBefore.words())
                    + ". This time, whatever policy.yaml says.")
            .type(AskBefore.class)
            .arity("1")
            .converters(EveryCommand::asked)
            .completionCandidates(AskBefore.words())
            .setter(EveryCommand.<AskBefore>to(context.consent()::mode))
            .build());
    command.getSubcommands().values().stream().distinct().forEach(below -> options(below, context));
  }

  private static AskBefore asked(String word) {
    return AskBefore.of(word)
        .orElseThrow(() ->
            new TypeConversionException(
                "\"" + word + "\" is none of " + String.join(", ", AskBefore.words())));
  }

  private static <V> ISetter to(Consumer<V> consumer) {
    return new ISetter() {
      @Override
      @SuppressWarnings("unchecked")
      public <T> T set(T value) {
        Optional.ofNullable((V) value).ifPresent(consumer);
        return null;
      }
    };
  }
}
