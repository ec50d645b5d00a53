package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Faces;
import dev.claudemesh.protocol.Field;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Shape;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An operation of the catalogue as a command: required fields are its parameters, the others its
/// options; what it prints is made from the reply.
@Command
public final class CatalogCommand extends MeshCommand {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String STDIN = "-";

  private final Catalog.Op op;
  private final Map<Field, List<String>> given = new LinkedHashMap<>();
  private boolean yes;

  private CatalogCommand(Context context, Catalog.Op op) {
    super(context);
    this.op = op;
  }

  /// What it does, in one line.
  public static String description(Catalog.Op op) {
    return op.operation().summary() + ".";
  }

  /// The command under a name.
  public static CommandSpec spec(Context context, Catalog.Op op, String name) {
    CatalogCommand command = new CatalogCommand(context, op);
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name(name);
    spec.usageMessage().description(description(op));
    List<Field> required = command.fields().filter(Field::required).toList();
    for (int i = 0; i < required.size(); i++) {
      spec.addPositional(command.parameter(required.get(i), i, i == required.size() - 1));
    }
    command
        .fields()
        .filter(field -> !field.required())
        .map(command::option)
        .forEach(spec::addOption);
    if (op.operation().effect() == Effect.DESTROY) {
      spec.addOption(command.confirmation());
    }
    return spec;
  }

  /// What it changes.
  public Effect effect() {
    return op.operation().effect();
  }

  private Stream<Field> fields() {
    return Field.of(op.record()).stream();
  }

  private PositionalParamSpec parameter(Field field, int index, boolean last) {
    boolean words = last && (takesStdin(field) || isList(field));
    return PositionalParamSpec.builder()
        .index(words ? index + "..*" : String.valueOf(index))
        .paramLabel("<" + field.toolName() + ">")
        .description(described(field))
        .arity(words ? "1..*" : "1")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .setter(setter(field))
        .build();
  }

  private OptionSpec option(Field field) {
    OptionSpec.Builder option =
        OptionSpec.builder("--" + field.toolName().replace('_', '-'))
            .description(described(field))
            .paramLabel("<" + field.toolName() + ">")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .setter(setter(field));
    return field.shape() instanceof Shape.Flag
        ? option.arity("0..1").fallbackValue("true").build()
        : option.arity("1").build();
  }

  private OptionSpec confirmation() {
    return OptionSpec.builder("-y", "--yes")
        .description("Do not ask first.")
        .type(boolean.class)
        .arity("0")
        .setter(
            new ISetter() {
              @Override
              @SuppressWarnings("unchecked")
              public <T> T set(T value) {
                yes = Boolean.TRUE.equals(value);
                return null;
              }
            })
        .build();
  }

  private ISetter setter(Field field) {
    return new ISetter() {
      @Override
      @SuppressWarnings("unchecked")
      public <T> T set(T value) {
        given.remove(field);
        if (value != null) {
          given.put(field, List.copyOf((List<String>) value));
        }
        return null;
      }
    };
  }

  private static String described(Field field) {
    String choices =
        field.shape() instanceof Shape.Choice choice
            ? " (" + String.join(", ", choice.values()) + ")"
            : "";
    return field.doc().orElse(field.toolName()) + choices + ".";
  }

  @Override
  protected Answer answer() throws IOException {
    Request<?> request = Faces.bind(op, arguments());
    if (effect() == Effect.DESTROY) {
      Confirm.ask(context, yes, description(op).replaceFirst("\\.$", "?"));
    }
    try (Link link = Link.open(context, membership())) {
      Reply reply = link.ask(request);
      return ReplyScreen.of(reply, context.clock().instant());
    }
  }

  private ObjectNode arguments() throws IOException {
    ObjectNode arguments = JSON.objectNode();
    for (Map.Entry<Field, List<String>> entry : given.entrySet()) {
      Field field = entry.getKey();
      List<String> words = entry.getValue();
      if (isList(field)) {
        Shape each = ((Shape.Listing) field.shape()).entry();
        ArrayNode list = arguments.putArray(field.toolName());
        words.stream()
            .flatMap(word -> Stream.of(word.split(",")))
            .map(String::strip)
            .filter(word -> !word.isEmpty())
            .forEach(word -> list.add(value(each, word)));
      } else {
        String text = String.join(" ", words);
        arguments.set(
            field.toolName(),
            value(field.shape(), text.equals(STDIN) && takesStdin(field) ? stdin() : text));
      }
    }
    return arguments;
  }

  private String stdin() throws IOException {
    String text = new String(context.environment().in().readAllBytes(), StandardCharsets.UTF_8);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean takesStdin(Field field) {
    return field.shape() instanceof Shape.Text && !field.isId()
        || field.shape() instanceof Shape.Anything;
  }

  private static boolean isList(Field field) {
    return field.shape() instanceof Shape.Listing listing
        && !(listing.entry() instanceof Shape.Nested);
  }

  /// What cannot be read as its kind stays a text, so that the one check of requests refuses it by
  /// name.
  private static JsonNode value(Shape shape, String text) {
    return switch (shape) {
      case Shape.Text _, Shape.Choice _, Shape.Moment _ -> JSON.stringNode(text);
      case Shape.Whole _,
          Shape.Decimal _,
          Shape.Flag _,
          Shape.Listing _,
          Shape.Table _,
          Shape.Nested _,
          Shape.Anything _ ->
          parsed(text).orElseGet(() -> JSON.stringNode(text));
    };
  }

  private static Optional<JsonNode> parsed(String text) {
    try {
      return Optional.of(Wire.mapper().readTree(text)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
