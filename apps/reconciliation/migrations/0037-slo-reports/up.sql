-- One more kind of report.
alter table report drop constraint report_kind_check;
alter table report add constraint report_kind_check
  check (kind in ('daily', 'settlement', 'capacity', 'slo'));
