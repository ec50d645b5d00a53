package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.schedule.ScheduleReply.Scheduled;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import dev.claudemesh.protocol.schedule.ScheduleRequest.When;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `schedule_reminder`: a message that is sent later, to oneself if nobody is named.
final class ScheduleReminderTool implements Tool {
  private static final String SCHEMA =
      """
      {"type":"object","additionalProperties":false,"required":["message"],"properties":{
       "message":{"type":"string","description":"The text"},
       "in_seconds":{"type":"integer","minimum":1,"description":"Send it so many seconds from now"},
       "deliver_at":{"type":"integer","description":"Or at this time, in milliseconds since 1970"},
       "cron":{"type":"string","description":"Or again and again: minute, hour, day of month, month, day of week, such as 0 9 * * MON-FRI"},
       "timezone":{"type":"string","description":"Time zone of cron, such as Europe/Madrid; this machine's if absent"},
       "to":{"type":"string","description":"A peer's or member's name, @group, or * for everyone; you, in whichever session is free, if absent"},
       "priority":{"type":"string","enum":["now","next","low"],"description":"now (default) interrupts; next waits until the receiver is idle"},
       "mesh":{"type":"string","description":"Which mesh, where several are joined"}}}
      """;

  private final Meshes meshes;
  private final InstantSource clock;

  ScheduleReminderTool(Meshes meshes, InstantSource clock) {
    this.meshes = meshes;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "schedule_reminder";
  }

  @Override
  public String description() {
    return Catalog.operation(Schedule.class).operation().summary() + ".";
  }

  @Override
  public String group() {
    return "schedule";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode) Wire.mapper().readTree(SCHEMA);
  }

  @Override
  public Effect effect() {
    return Effect.WRITE;
  }

  @Override
  public String call(ObjectNode node) {
    Arguments arguments = new Arguments(name(), node);
    String text = arguments.requiredText("message");
    When when = when(node, arguments, clock.instant());
    Optional<Priority> priority = arguments.word("priority", Priority.class);
    Optional<Targets.Scoped> to =
        arguments
            .text("to")
            .map(name -> Targets.split(name, meshes.links().stream().map(MeshLink::slug).toList()));
    MeshLink link = meshes.one(to.flatMap(Targets.Scoped::mesh).or(() -> arguments.text("mesh")));
    link.requireConnection();
    Optional<Target> target = to.map(scoped -> link.targets().resolveLasting(scoped.name()));
    String spec =
        target.map(Target::spec).orElseGet(() -> link.client().identity().memberKey().hex());
    Scheduled scheduled =
        link.client().ask(Schedule.of(spec, text, when, priority, UUID.randomUUID().toString()));
    return "To be sent to "
        + target.map(found -> PeerText.attribute(found.label())).orElse("yourself")
        + " at "
        + Instant.ofEpochMilli(scheduled.deliverAt()).truncatedTo(ChronoUnit.SECONDS)
        + scheduled.cron().map(cron -> ", then by " + PeerText.attribute(cron)).orElse("")
        + " (id "
        + scheduled.scheduledId()
        + "), whether or not this session is there.";
  }

  static When when(ObjectNode node, Arguments arguments, Instant now) {
    Optional<Long> at = whole(node, "deliver_at");
    Optional<Long> in = whole(node, "in_seconds");
    Optional<String> cron = arguments.text("cron");
    if (at.stream().count() + in.stream().count() + cron.stream().count() != 1) {
      throw invalid("give one of \"in_seconds\", \"deliver_at\" and \"cron\"");
    }
    return cron.map(expression ->
            When.cron(
                expression,
                arguments.text("timezone").orElseGet(() -> ZoneId.systemDefault().getId())))
        .orElseGet(
            () -> When.at(at.orElseGet(() -> now.plusSeconds(in.orElseThrow()).toEpochMilli())));
  }

  private static Optional<Long> whole(ObjectNode node, String name) {
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw invalid("\"" + name + "\" must be a whole number that is not negative");
    }
    return Optional.of(Math.min(value.longValue(), Integer.MAX_VALUE * 1_000_000L));
  }

  private static Problem invalid(String what) {
    return new Problem(ProblemCode.INVALID_REQUEST, "schedule_reminder: " + what);
  }
}
