package dev.claudemesh.cli;

import dev.claudemesh.cli.mesh.CatalogCommand;
import dev.claudemesh.protocol.Catalog;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;

/// What may stand first after `claudemesh`.
sealed interface Word {
  /// Its name, then its other names.
  List<String> names();

  /// What it is for, in one line.
  String description();

  /// The command, ready to read its arguments.
  CommandLine command(Context context, IFactory factory);

  static List<Word> written(Class<?>... types) {
    return Arrays.<Class<?>>stream(types).<Word>map(Written::new).toList();
  }

  /// A command written by hand.
  record Written(Class<?> type) implements Word {
    @Override
    public List<String> names() {
      return Stream.concat(Stream.of(annotation().name()), Stream.of(annotation().aliases()))
          .toList();
    }

    @Override
    public String description() {
      return String.join(" ", annotation().description());
    }

    @Override
    public CommandLine command(Context context, IFactory factory) {
      return new CommandLine(type, factory);
    }

    private Command annotation() {
      return type.getAnnotation(Command.class);
    }
  }

  /// An operation of the catalogue as a command.
  record Made(String name) implements Word {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public String description() {
      return CatalogCommand.description(op());
    }

    @Override
    public CommandLine command(Context context, IFactory factory) {
      return new CommandLine(CatalogCommand.spec(context, op(), name), factory);
    }

    private Catalog.Op op() {
      return operations(name).findFirst().orElseThrow();
    }
  }

  /// A word with further words behind it: operations of the catalogue whose command begins with it,
  /// and commands written by hand. Without any it does `list` or `show`.
  record Family(String name, String description, List<Class<?>> written) implements Word {
    Family(String name, String description, Class<?>... written) {
      this(name, description, List.of(written));
    }

    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public CommandLine command(Context context, IFactory factory) {
      CommandLine family = new CommandLine(FamilyCommand.spec(context, this), factory);
      operations(name + " ")
          .forEach(op -> {
            String last = op.operation().cli().substring(name.length() + 1);
            family.addSubcommand(last, CatalogCommand.spec(context, op, last));
          });
      written.forEach(type -> family.addSubcommand(new CommandLine(type, factory)));
      return family;
    }
  }

  private static Stream<Catalog.Op> operations(String prefix) {
    return Catalog.operations().stream().filter(op -> op.operation().cli().startsWith(prefix));
  }
}
