package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Language;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.Messages;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The help pages of a tree of commands in another language than English. picocli takes texts of
/// arguments from a bundle by their name, so one is made for each command.
final class SpokenHelp {
  private SpokenHelp() {}

  static void translate(CommandLine command, Language language) {
    CommandSpec spec = command.getCommandSpec();
    spec.usageMessage().description(said(spec.usageMessage().description(), language));
    spec.usageMessage().footer(said(spec.usageMessage().footer(), language));
    spec.usageMessage().synopsisHeading(language.say("Usage:") + " ");
    Map<String, String> texts = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      texts.put(option.longestName().replaceFirst("^-+", ""), text(option, language));
    }
    for (PositionalParamSpec one : spec.positionalParameters()) {
      texts.put(one.paramLabel() + "[" + one.index() + "]", text(one, language));
    }
    texts.values().removeIf(String::isEmpty);
    Messages messages = new Messages(spec, bundle(texts));
    Stream.concat(spec.options().stream(), spec.positionalParameters().stream())
        .forEach(argument -> argument.messages(messages));
    command.getSubcommands().values().stream()
        .distinct()
        .forEach(below -> translate(below, language));
  }

  private static String text(ArgSpec argument, Language language) {
    return String.join(" ", said(argument.description(), language));
  }

  private static String[] said(String[] texts, Language language) {
    return Stream.of(texts).map(text -> said(text, language)).toArray(String[]::new);
  }

  /// An example is the same in every language but for the word before it.
  static String said(String text, Language language) {
    String word = text.replaceFirst("(?s)^(For example|Examples?): claudemesh .*", "$1:");
    return word.equals(text)
        ? language.say(text)
        : language.say(word) + text.substring(word.length());
  }

  private static ResourceBundle bundle(Map<String, String> texts) {
    return new ResourceBundle() {
      @Override
      protected Object handleGetObject(String key) {
        return texts.get(key);
      }

      @Override
      public Enumeration<String> getKeys() {
        return Collections.enumeration(texts.keySet());
      }
    };
  }
}
