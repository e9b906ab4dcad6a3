#!/bin/bash
# One database and one login per service, each with a password of its own; run once by the
# postgres image on an empty volume.
set -euo pipefail
for service in police_notifications person_matching mash_screening idva_allocation \
  victim_contact school_alerts ops; do
  variable="${service^^}_PASSWORD"
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -v name="$service" -v word="${!variable}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'word';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
