"""One service hosted in-process under a steered clock, for demo, replay and journeys.

How a controller uses it (topics have one partition each and exist; `settings.clock` is ignored,
a station is always steered):

    station = Station(service, settings)       # settings: kafka, database_url, smtp_*, area_dir,
    await station.start()                      # keyring_file; start migrates the database
    ends: dict[str, int] = {}                  # log end offsets by topic, as far as known
    handled = await station.intake(ends)       # everything it hears up to these offsets
    ends.update(await station.publish(until))  # outbox rows due by `until` -> new log end offsets
    sent = await station.dispatch(until)       # mails due by `until`; answers wait in the outbox
    due = await station.next_due()             # earliest timer or mail still to come, or None
    station.parked, station.undelivered        # counts; undelivered = outbox and open sendings due
    await station.stop()

A step: for each service in the order of the flow: intake, publish, dispatch, publish (answers);
repeat the round while any of these reported something; then step to `min(next_due, next input)`.
A station that has nothing to do returns at once without touching broker or database.
"""
