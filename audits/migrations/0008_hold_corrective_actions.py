"""Corrective actions: numbers without gaps, verifiers who have nothing to do with the supplier, and nothing said in another's name."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROGRAM = "nullif(current_setting('wsr.program', true), '')::uuid"
PERSON = "nullif(current_setting('wsr.person', true), '')::uuid"
# table → the column that says who speaks, where a portal or an auditor does
SAID_BY = {
    "audits_milestone": "",
    "audits_actionproof": "by_id",
    "audits_actionstep": "by_id",
    "audits_extension": "asked_by_id",
    "audits_financeconsent": "by_id",
}
# table → who reported it, and what a report writes
VERIFIED = {
    "audits_correctiveaction": ("reported_by_id", "state, reported_at, reported_by_id"),
    "audits_milestone": ("reached_by_id", "reached_at, reached_by_id"),
}

FUNCTIONS = f"""
-- Held until the end of the transaction: two actions never get the same number, whoever may see them.
CREATE FUNCTION audits_next_action_number() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audits_correctiveaction:' || ({PROGRAM})::text, 0));
  RETURN (SELECT coalesce(max(number), 0) + 1 FROM audits_correctiveaction WHERE program_id = {PROGRAM});
END $$;
-- Whether a person acts or acted for a supplier, or is barred from it.
CREATE FUNCTION audits_is_tied(supplier uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM accounts_membership m JOIN programs_participation p
      ON p.program_id = m.program_id AND p.organization_id = m.organization_id
    WHERE m.program_id = {PROGRAM} AND m.person_id = person AND p.id = supplier
  ) OR EXISTS (
    SELECT FROM audits_bar b
    WHERE b.program_id = {PROGRAM} AND b.person_id = person AND b.supplier_id = supplier AND b.ended_at IS NULL
  )
$$;
-- Whom to tell: auditors read no participants.
CREATE FUNCTION audits_organization_of(supplier uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT organization_id FROM programs_participation WHERE program_id = {PROGRAM} AND id = supplier
$$;
REVOKE EXECUTE ON FUNCTION audits_next_action_number(), audits_is_tied(uuid, uuid), audits_organization_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audits_next_action_number() TO wsr_staff;
GRANT EXECUTE ON FUNCTION audits_is_tied(uuid, uuid), audits_organization_of(uuid) TO wsr_staff, wsr_auditor;
ALTER FUNCTION audits_next_action_number() OWNER TO wsr_searcher;
ALTER FUNCTION audits_is_tied(uuid, uuid) OWNER TO wsr_searcher;
ALTER FUNCTION audits_organization_of(uuid) OWNER TO wsr_searcher;
"""

TRIGGERS = f"""
CREATE FUNCTION audits_verified_by_another() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.verified_by_id IS NOT NULL AND NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id THEN
    IF current_setting('role') = 'wsr_auditor' AND NEW.verified_by_id IS DISTINCT FROM {PERSON} THEN
      RAISE EXCEPTION '%: verified in the name of somebody else', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF audits_is_tied(NEW.supplier_id, NEW.verified_by_id) THEN
      RAISE EXCEPTION '%: whoever has a tie to the supplier does not verify', TG_TABLE_NAME USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION audits_reported_by_oneself() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('role') = 'wsr_supplier' AND (to_jsonb(NEW) ->> TG_ARGV[0])::uuid IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION '%: reported in the name of somebody else', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION audits_of_own_action() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM audits_correctiveaction a
    WHERE a.program_id = NEW.program_id AND a.id = NEW.action_id AND a.supplier_id = NEW.supplier_id
  ) THEN
    RAISE EXCEPTION '%: no such action of that supplier', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF current_setting('role') IN ('wsr_brand', 'wsr_supplier', 'wsr_auditor')
    AND (to_jsonb(NEW) ->> TG_ARGV[0])::uuid IS DISTINCT FROM {PERSON} THEN
    RAISE EXCEPTION '%: said in the name of somebody else', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
-- Whose side a step is said from follows from who writes it. A supplier says nothing that sounds like the end of the matter.
CREATE FUNCTION audits_side_of_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.side := CASE current_setting('role') WHEN 'wsr_supplier' THEN 'supplier' WHEN 'wsr_auditor' THEN 'auditor' ELSE 'program' END;
  IF NEW.side = 'supplier' AND NEW.state NOT IN ('agreed', 'rejected', 'reported') THEN
    RAISE EXCEPTION 'audits_actionstep: this is not for the supplier to say' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER side_of_step BEFORE INSERT ON audits_actionstep FOR EACH ROW EXECUTE FUNCTION audits_side_of_step();
"""

FORWARD = (
    FUNCTIONS
    + TRIGGERS
    + "".join(
        f"CREATE TRIGGER of_own_action BEFORE INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION audits_of_own_action('{column}');\n"
        for table, column in SAID_BY.items()
    )
    + "".join(
        f"CREATE TRIGGER verified_by_another BEFORE UPDATE OF verified_by_id ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION audits_verified_by_another();\n"
        f"CREATE TRIGGER reported_by_oneself BEFORE UPDATE OF {written} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION audits_reported_by_oneself('{column}');\n"
        for table, (column, written) in VERIFIED.items()
    )
)

BACKWARD = (
    "".join(f"DROP TRIGGER of_own_action ON {table};\n" for table in SAID_BY)
    + "".join(
        f"DROP TRIGGER verified_by_another ON {table}; DROP TRIGGER reported_by_oneself ON {table};\n"
        for table in VERIFIED
    )
    + """
DROP TRIGGER side_of_step ON audits_actionstep;
DROP FUNCTION audits_of_own_action(), audits_side_of_step(), audits_verified_by_another(), audits_reported_by_oneself();
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION audits_next_action_number(), audits_is_tied(uuid, uuid), audits_organization_of(uuid);
SET LOCAL ROLE wsr_owner;
"""
)


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0007_replies_while_with_supplier'),
        ('programs', '0008_benchmarks_named_like_limits'),
        ('tenancy', '0003_circles_left'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='actionstep',
            name='side',
            field=models.CharField(choices=[('program', 'The program'), ('auditor', 'Auditor'), ('supplier', 'Supplier')], default='program', max_length=10),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='laddered_for',
            field=models.DateField(help_text='The missed date that was put to the ladder: each counts once.', null=True),
        ),
        migrations.AddField(
            model_name='milestone',
            name='reached_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='actionstep',
            index=models.Index(fields=['program', 'action', 'at'], name='action_step_in_order'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('verified_by', None), ('reached_by', None), models.Q(('verified_by', models.F('reached_by')), _negated=True), _connector='OR'), name='milestone_verified_by_another'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
