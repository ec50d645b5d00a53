package dev.claudemesh.cli.schedule;

import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.protocol.schedule.ScheduleReply.Entry;
import dev.claudemesh.protocol.schedule.ScheduleReply.Listed;
import dev.claudemesh.protocol.schedule.ScheduleRequest.ListScheduled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All that a member has scheduled, however many answers it takes.
final class Reminders {
  private Reminders() {}

  static List<Entry> all(Link link) {
    List<Entry> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      Listed part = link.ask(new ListScheduled(after));
      all.addAll(part.messages());
      after = part.next();
    } while (after.isPresent());
    return all;
  }
}
