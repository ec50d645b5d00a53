package dev.claudemesh.protocol;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/// Frames to records and back: one mapper for every face, so that a tool call or a command is
/// validated exactly as a socket frame is.
///
/// Thread-safe. A frame is one JSON object with a `type`; `_reqId` is echoed on direct replies.
public final class Wire {
  /// Nesting beyond this is refused while parsing, so that a frame cannot exhaust the stack.
  private static final int MAX_DEPTH = 64;

  /// A `_reqId` is echoed, so it must not be a way to make the broker repeat a long text.
  private static final int MAX_REQ_ID = 200;

  private static final JsonMapper MAPPER = newMapper(new RecordModule());

  private Wire() {}

  /// A request as it came.
  ///
  /// @param reqId what the sender wants echoed
  public record Inbound(Catalog.Op op, Optional<String> reqId, Request<?> request) {}

  /// A frame from the broker as it came.
  public record Received(Optional<String> reqId, Outbound frame) {}

  /// The shared mapper, for values inside frames and files written in the same conventions.
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /// Parses one frame.
  ///
  /// @throws Problem `malformed` if it is not one JSON object; the message never quotes the frame
  public static ObjectNode parse(byte[] frame) {
    try {
      if (MAPPER.readTree(frame) instanceof ObjectNode object) {
        return object;
      }
    } catch (StreamConstraintsException e) {
      throw new Problem(
          ProblemCode.MALFORMED,
          "The frame nests deeper than "
              + MAX_DEPTH
              + " levels, or holds a name or number that is too long");
    } catch (MismatchedInputException e) {
      throw new Problem(
          ProblemCode.MALFORMED,
          "The frame has two fields of the same name, or more than one JSON object");
    } catch (JacksonException e) {
      throw new Problem(ProblemCode.MALFORMED, "The frame is not valid JSON" + place(e));
    }
    throw new Problem(ProblemCode.MALFORMED, "A frame must be one JSON object with a \"type\"");
  }

  private static String place(JacksonException e) {
    TokenStreamLocation location = e.getLocation();
    return location == null || location.getByteOffset() < 0
        ? ""
        : " at byte " + location.getByteOffset();
  }

  /// The `_reqId` of a frame, if it has one that can be echoed: a text of at most 200 characters.
  public static Optional<String> reqId(ObjectNode frame) {
    JsonNode id = frame.get("_reqId");
    return id != null && id.isString() && isReqId(id.stringValue())
        ? Optional.of(id.stringValue())
        : Optional.empty();
  }

  private static boolean isReqId(String id) {
    return id.length() <= MAX_REQ_ID && Checks.unwritable(id).isEmpty();
  }

  /// Turns a parsed frame into its request.
  ///
  /// @throws Problem `malformed`, `unknown_type`, or `invalid_request` naming the field
  public static Inbound request(ObjectNode frame) {
    JsonNode type = frame.get("type");
    if (type == null || !type.isString()) {
      throw new Problem(ProblemCode.MALFORMED, "A frame needs a \"type\" that is a text");
    }
    Catalog.Op op =
        Catalog.operation(type.stringValue())
            .filter(Catalog.Op::onSocket)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.UNKNOWN_TYPE,
                    "There is no operation \"" + abbreviated(type.stringValue()) + "\""));
    JsonNode id = frame.get("_reqId");
    if (id != null && !id.isNull() && reqId(frame).isEmpty()) {
      throw Checks.invalid(
          op.type(), "_reqId", "must be a text of at most " + MAX_REQ_ID + " characters");
    }
    return new Inbound(op, reqId(frame), bind(op, frame));
  }

  /// Turns the fields of an object into a checked request record.
  ///
  /// @throws Problem `invalid_request` naming the field
  public static Request<?> bind(Catalog.Op op, ObjectNode fields) {
    Checks.request(op.type(), fields, op.record());
    return read(op.type(), fields, op.record());
  }

  /// Encodes a reply or an event.
  ///
  /// @param reqId echoed if present
  public static byte[] encode(Outbound frame, Optional<String> reqId) {
    return MAPPER.writeValueAsBytes(new Typed(Catalog.frameType(frame.getClass()), frame, reqId));
  }

  /// A reply or an event as a JSON object with its `type`.
  public static ObjectNode tree(Outbound frame, Optional<String> reqId) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("type", Catalog.frameType(frame.getClass()));
    node.setAll((ObjectNode) MAPPER.valueToTree(frame));
    reqId.ifPresent(id -> node.put("_reqId", id));
    return node;
  }

  /// A request as a JSON object with its `type`.
  public static ObjectNode tree(Request<?> request, Optional<String> reqId) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("type", Catalog.operation(request.getClass()).type());
    node.setAll((ObjectNode) MAPPER.valueToTree(request));
    reqId.ifPresent(id -> node.put("_reqId", id));
    return node;
  }

  /// Encodes a request.
  public static byte[] encode(Request<?> request, Optional<String> reqId) {
    return MAPPER.writeValueAsBytes(
        new Typed(Catalog.operation(request.getClass()).type(), request, reqId));
  }

  /// Decodes a frame from the broker; empty for a type this version does not know.
  ///
  /// @throws Problem `malformed` or `invalid_request`
  public static Optional<Received> received(ObjectNode frame) {
    JsonNode type = frame.get("type");
    if (type == null || !type.isString()) {
      throw new Problem(ProblemCode.MALFORMED, "The broker sent a frame without a type");
    }
    return Catalog.frame(type.stringValue())
        .map(record ->
            new Received(reqId(frame), (Outbound) convert(type.stringValue(), frame, record)));
  }

  /// Converts the fields of an object into a record of any kind: all that are required must be
  /// there, each of its kind.
  ///
  /// @throws Problem `invalid_request` naming the field
  public static <T> T convert(String what, JsonNode fields, Class<T> record) {
    Checks.kinds(what, fields, record);
    return read(what, fields, record);
  }

  private static <T> T read(String what, JsonNode fields, Class<T> record) {
    try {
      return MAPPER.treeToValue(fields, record);
    } catch (JacksonException e) {
      String field =
          e.getPath().stream()
              .map(JacksonException.Reference::getPropertyName)
              .filter(Objects::nonNull)
              .collect(Collectors.joining("."));
      throw Checks.invalid(what, field, "cannot be read");
    }
  }

  static String abbreviated(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= 60 ? printable : printable.substring(0, 57) + "...";
  }

  /// @param module what is added to
  static JsonMapper newMapper(SimpleModule module) {
    module.addSerializer(Typed.class, new TypedFields());
    module.addSerializer(Instant.class, new IsoMillis());
    module.addSerializer(Double.class, new PlainNumber());
    module.addSerializer(double.class, new PlainNumber());
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    return JsonMapper.builder(factory)
        .addModule(module)
        // A record's own questions about itself, such as isNews(), are no fields.
        .changeDefaultVisibility(
            visibility -> visibility.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
        .changeDefaultPropertyInclusion(inclusion ->
            inclusion.withValueInclusion(
                com.fasterxml.jackson.annotation.JsonInclude.Include.NON_ABSENT))
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .withCoercionConfig(
            LogicalType.Textual,
            c ->
                c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  /// A record on its way out.
  private record Typed(String type, Object record, Optional<String> reqId) {}

  /// One object: the type, the record's fields, the `_reqId`. Written without a tree in between, as
  /// this is done for each message.
  private static final class TypedFields extends StdSerializer<Typed> {
    TypedFields() {
      super(Typed.class);
    }

    @Override
    public void serialize(Typed value, JsonGenerator generator, SerializationContext context) {
      generator.writeStartObject(value.record());
      generator.writeStringProperty("type", value.type());
      RecordWriter fields =
          (RecordWriter)
              (ValueSerializer<?>) context.findValueSerializer(value.record().getClass());
      fields.fields(value.record(), generator, context);
      if (value.reqId().isPresent()) {
        generator.writeStringProperty("_reqId", value.reqId().get());
      }
      generator.writeEndObject();
    }
  }

  /// Always three digits of milliseconds, as the first protocol's clients print and compare them.
  private static final class IsoMillis extends StdSerializer<Instant> {
    private static final DateTimeFormatter SECONDS =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

    /// Many instants that are written one after the other are of one second.
    private volatile Second last = second(Instant.EPOCH);

    private record Second(long epoch, String text) {}

    IsoMillis() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
      Second second = last;
      if (second.epoch() != value.getEpochSecond()) {
        second = second(value);
        last = second;
      }
      int millis = value.getNano() / 1_000_000;
      generator.writeString(
          second.text() + (millis < 10 ? "00" : millis < 100 ? "0" : "") + millis + "Z");
    }

    private static Second second(Instant value) {
      return new Second(value.getEpochSecond(), SECONDS.format(value));
    }
  }

  /// Whole numbers without point and exponent, as JavaScript prints them.
  private static final class PlainNumber extends StdSerializer<Double> {
    private static final double EXACT = 1L << 53;

    PlainNumber() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator generator, SerializationContext context) {
      if (value == Math.rint(value) && Math.abs(value) <= EXACT) {
        generator.writeNumber(value.longValue());
      } else {
        generator.writeNumber(value);
      }
    }
  }
}
