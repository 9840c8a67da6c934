"""Independent inspections: visits, findings, reports, corrective actions; what auditors do through the API."""
