package dev.claudemesh.protocol;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every operation, reply and event there is, read from the sealed families. Faces and reference
/// pages are made from it.
///
/// Each is read once, and not before it is asked for: a command that makes two calls does not wait
/// until it knows them all.
public final class Catalog {
  private static final ClassValue<Op> BY_RECORD =
      new ClassValue<>() {
        @Override
        protected Op computeValue(Class<?> record) {
          return readOperation(record);
        }
      };

  private static final class Operations {
    private static final Map<String, Op> ALL = readOperations();
  }

  private static final class Frames {
    private static final Map<String, Class<? extends Record>> ALL = readFrames();
  }

  private Catalog() {}

  /// One operation.
  ///
  /// @param reply the record that answers it
  public record Op(
      String type,
      Class<? extends Request<?>> record,
      Class<? extends Reply> reply,
      Operation operation) {
    /// Name of the room: the package the record stands in.
    public String room() {
      String name = record.getPackageName();
      return name.substring(name.lastIndexOf('.') + 1);
    }

    /// Name of the MCP tool, if it is one.
    public Optional<String> tool() {
      String own = operation.toolName();
      return operation.tool() ? Optional.of(own.isEmpty() ? type : own) : Optional.empty();
    }

    public boolean onSocket() {
      return operation.socket();
    }

    /// Whether the audit of the mesh keeps it.
    public boolean audited() {
      return operation.audited() && operation.effect() != Operation.Effect.READ;
    }

    /// HTTP method and path, if it may be called without a socket.
    public Optional<Route> route() {
      return operation.http().isEmpty()
          ? Optional.empty()
          : Optional.of(Route.of(operation.http()));
    }

    public List<RecordComponent> fields() {
      return List.of(record.getRecordComponents());
    }
  }

  /// An HTTP method and a path whose segments that begin with a colon are parameters.
  public record Route(String method, List<String> segments) {
    static Route of(String text) {
      String[] parts = text.split(" ", 2);
      return new Route(parts[0], List.of(parts[1].substring(1).split("/")));
    }

    public String path() {
      return "/" + String.join("/", segments);
    }
  }

  /// All operations by wire name, in the order of their rooms and declarations.
  public static Collection<Op> operations() {
    return Operations.ALL.values();
  }

  public static Optional<Op> operation(String type) {
    return Optional.ofNullable(Operations.ALL.get(type));
  }

  public static Op operation(Class<?> record) {
    return BY_RECORD.get(record);
  }

  /// All replies and events by wire name.
  public static Map<String, Class<? extends Record>> frames() {
    return Frames.ALL;
  }

  static Optional<Class<? extends Record>> frame(String type) {
    return Optional.ofNullable(Frames.ALL.get(type));
  }

  /// The wire name of a reply or event.
  public static String frameType(Class<?> record) {
    return record.getAnnotation(Frame.class).type();
  }

  private static Map<String, Op> readOperations() {
    Map<String, Op> operations = new LinkedHashMap<>();
    for (Class<?> record : leaves(Request.class)) {
      Op op = operation(record);
      if (operations.put(op.type(), op) != null) {
        throw new IllegalStateException("Two operations are named " + op.type());
      }
    }
    return java.util.Collections.unmodifiableMap(operations);
  }

  private static Op readOperation(Class<?> record) {
    Operation operation = record.getAnnotation(Operation.class);
    if (operation == null) {
      throw new IllegalArgumentException(record + " is not an operation: it has no @Operation");
    }
    return new Op(operation.type(), requestClass(record), replyOf(record), operation);
  }

  private static Map<String, Class<? extends Record>> readFrames() {
    Map<String, Class<? extends Record>> frames = new LinkedHashMap<>();
    for (Class<?> record : leaves(Outbound.class)) {
      if (frames.put(frameType(record), record.asSubclass(Record.class)) != null) {
        throw new IllegalStateException("Two frames are named " + frameType(record));
      }
    }
    return java.util.Collections.unmodifiableMap(frames);
  }

  /// The records under a sealed root, rooms in alphabetical order and records as declared.
  private static List<Class<?>> leaves(Class<?> root) {
    if (root.isRecord()) {
      return List.of(root);
    }
    List<Class<?>> children = new ArrayList<>(List.of(root.getPermittedSubclasses()));
    if (root == Request.class || root == Outbound.class) {
      children.sort(Comparator.comparing(Class::getName));
    }
    return children.stream().flatMap(child -> leaves(child).stream()).toList();
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends Request<?>> requestClass(Class<?> record) {
    return (Class<? extends Request<?>>) record;
  }

  private static Class<? extends Reply> replyOf(Class<?> record) {
    Type family = record.getGenericInterfaces()[0];
    return ((Class<?>) ((ParameterizedType) family).getActualTypeArguments()[0])
        .asSubclass(Reply.class);
  }
}
