"""The words people put at the head of a column, in the languages lists arrive in.

Keys are what a column can mean; values are headers reduced by `names.header_key`. Used to find the header row and to guess
the mapping; a person confirms the guess.
"""

HEADERS: dict[str, frozenset[str]] = {
    key: frozenset(phrase.strip() for phrase in phrases.split(","))
    for key, phrases in {
        "workplace_name": """name, factory name, factory, facility name, facility, site name, site, workplace, workplace name, company name,
            company, supplier name, supplier, vendor name, vendor, manufacturer, manufacturer name, producer, employer name, employer, business name,
            business, farm name, farm, grower, plant name, plant, mill name, mill, unit name, establishment, establishment name, entity name,
            trade name, legal name, production unit, name of factory, name of facility, name of company, name of unit, supplier factory name,
            tier 1 supplier, tier 1 supplier name, factory supplier name, production site, manufacturing facility, name 1,
            nombre, nombre de la fabrica, nombre fabrica, fabrica, empresa, nombre de la empresa, proveedor, razon social, establecimiento, finca,
            nom, nom de l usine, usine, nom du fournisseur, fournisseur, entreprise, raison sociale, societe, etablissement, exploitation,
            nome, nome da fabrica, fornecedor, razao social, stabilimento, ragione sociale, fornitore, nome azienda, azienda,
            fabrik, fabrikname, betrieb, firma, firmenname, lieferant, hersteller, produktionsstatte, unternehmen, naam, bedrijf, leverancier,
            fabrika, fabrika adi, firma adi, isyeri, isyeri adi, tedarikci, tedarikci adi, unvan, sirket adi, ten nha may, ten cong ty, nama perusahaan, nama pabrik,
            工厂名称, 企业名称, 公司名称, 名称, 供应商, 供应商名称, 工場名, 会社名, 공장명, 회사명, название, наименование, কারখানার নাম, প্রতিষ্ঠানের নাম, কোম্পানির নাম, নাম, कारखाने का नाम, नाम""",
        "parent": """supplier group, parent company, parent, group, group name, company group, holding, holding company, owner, parent group,
            grupo, empresa matriz, groupe, maison mere, gruppo, konzern, muttergesellschaft, grup, ana sirket, manufacturing group""",
        "brand": """brand, brand name, buyer, buyer name, retailer, company name brand, customer, nike inc brand s, brands, buyers, marca, marcas, comprador,
            cliente, marque, marques, acheteur, client, marke, kunde, abnehmer, marka, alici, musteri, 品牌, ブランド""",
        "address": """address, factory address, supplier address, facility address, street address, full address, location address, mailing address,
            physical address, site address, company address, street, address 1, address1, address line 1, address line1, employer address1, employer address 1,
            address details, location, plant address, direccion, domicilio, calle, adresse, rue, adresse de l usine, indirizzo, via, endereco, anschrift, strasse, adres, adresi,
            dia chi, alamat, 地址, 工厂地址, 住所, 주소, адрес, ঠিকানা, কারখানার ঠিকানা, पता""",
        "address_2": """address 2, address2, address line 2, address line2, employer address2, employer address 2, address 3, address3, address line 3, direccion 2, adresse 2""",
        "city": """city, town, city town, municipality, city name, locality, alien work city, work city, worksite city, employer city, ciudad, municipio,
            localidad, ville, commune, citta, comune, cidade, stadt, ort, stad, plaats, sehir, ilce, il ilce, thanh pho, kota, 城市, 市, 도시, город""",
        "region": """state, province, region state, state province, province state, county, district, division, prefecture, department, alien work state, work state,
            worksite state, employer state, province region, state region, estado, provincia, departamento, etat, departement, regione, bundesland, provincie, eyalet, il, tinh, provinsi, 省, 省份, 県,
            জেলা, বিভাগ, область, state or province""",
        "postal_code": """postal code, postcode, zip, zip code, zipcode, post code, postal, employer postal code, postal zip code, codigo postal, cp, code postal, cap, cep, plz,
            postleitzahl, posta kodu, ma buu dien, kode pos, 邮编, 邮政编码, 郵便番号, 우편번호, индекс""",
        "country": """country, country region, country name, country code, country of production, country of manufacture, factory country, supplier country, country territory, nation, market,
            country of origin, location country, iso country, iso country code, pais, pays, paese, land, ulke, quoc gia, nuoc, negara, 国家, 国, 国家地区, 국가, страна, দেশ, देश, pays de production, pais de produccion, produktionsland""",
        "latitude": "latitude, lat, y, latitud, breitengrad, enlem, geo lat, gps latitude, lat dd",
        "longitude": "longitude, lon, lng, long, x, longitud, langengrad, boylam, geo lon, geo lng, gps longitude, long dd",
        "coordinates": """coordinates, latlon, lat lon, lat long, latlng, supplier latlon, gps, gps coordinates, location coordinates, geo, geolocation, coordenadas, coordonnees,
            koordinaten, koordinat""",
        "products": """products, product, product type, product types, product category, product categories, products manufactured, principal exportable product, product type type, main products,
            commodity, crop, primary crop, item, items, goods, product group, productos, producto, produits, produit, prodotti, produtos, produkte, urunler, urun, san pham, produk, 产品, 主要产品, 製品""",
        "sector": """sector, industry, industry type, business type, factory type, facility type, processing type, type of facility, facility processing type, category, type, sic, naics,
            processing type facility type, nature of business, activity, supplier type, sector industria, secteur, settore, setor, branche, sektor, rubro, tipo, 行业, 类型""",
        "worker_count": """workers, total workers, number of workers, no of workers, worker count, employees, number of employees, no of employees, total employees, headcount, workforce, total number of workers, number of workers employed, worker number,
            workers number, of workers, trabajadores, numero de trabajadores, numero de empleados, empleados, effectif, nombre de travailleurs, nombre d employes, salaries, lavoratori, addetti, trabalhadores, mitarbeiter, anzahl mitarbeiter,
            beschaftigte, calisan sayisi, isci sayisi, so cong nhan, jumlah pekerja, 员工人数, 工人人数, 従業員数, শ্রমিক সংখ্যা, মোট শ্রমিক, श्रमिकों की संख्या""",
        "workers_certified": "nbr workers certified, number of workers certified, total workers certified, workers certified",
        "external_id": """id, os id, osid, oar id, facility id, factory id, factory code, supplier id, supplier code, vendor code, vendor id, site id, site code, reference, ref, code, registration number,
            reg no, membership no, bgmea reg no, license no, codigo, fabriknummer, kod, factory number, supplier number, vendor number""",
        "tier": "tier, supplier tier, tier level, supply chain tier",
        "contractor": """contractor, contractor name, subcontractor, subcontractor name, trade contractor, trade contractor name, sub, name of contractor,
            contratista, nombre del contratista, subcontratista, nombre del subcontratista""",
        "work_site": """site, site name, project, project name, job site, jobsite, construction site, building site, job name, name of site, obra, nombre de la obra,
            proyecto, nombre del proyecto, sitio""",
        "hired_by": """hired by, works for, upper contractor, upper tier contractor, upper tier, general contractor, prime contractor, engaged by, contracted by, subcontractor of,
            parent contractor, reports to, contratado por, trabaja para, contratista principal, contratista general""",
        "contractor_role": "role, contractor role, contractor type, type of contractor, role on site, rol, funcion, tipo de contratista",
        "started_on": """started on, start date, date started, first day, first day on site, on site since, since, start on site, mobilization date, fecha de inicio, primer dia, desde""",
        "ended_on": """ended on, end date, date ended, last day, last day on site, on site until, until, end on site, demobilization date, fecha de fin, fecha final, ultimo dia, hasta""",
        "case_number": """case no, case number, case id, citation number, citation no, docket number, inspection number, violation id, case, file number, order number""",
        "case_status": "case status, status of case, determination, decision",
        "decision_date": "decision date, date of decision, determination date",
        "citation_date": "citation date, date issued, issue date, violation date, date of citation, penalty date, order date",
        "citation_amount": "citation amount, amount, penalty, penalty amount, fine, fine amount, back wages, assessed penalty, civil penalty, amount assessed, total penalty",
        "paid": "paid, is paid, payment received",
        "withdrawn": "withdrawn, vacated, dismissed",
        "appealed": "appeal, appealed, contested, under appeal",
        "hearing_date": "hearing date, date of hearing",
        "affirmed": "affirmed, upheld",
        "website": "website, web, url, site web, web site, homepage",
    }.items()
}  # fmt: skip

KNOWN_HEADERS = frozenset().union(*HEADERS.values())

# A column under such a header names a private person. It is left out before staging, whatever else the file says.
PERSON_WORDS = (
    "agent", "attorney", "lawyer", "contact person", "contact name", "contact", "owner name", "manager", "representative", "signatory", "first name", "last name",
    "phone", "mobile", "telephone", "e mail", "email", "fax", "ssn", "date of birth", "poc", "worker name", "employee name", "telefono", "correo", "contacto",
    "telefon", "ansprechpartner", "personne de contact", "director name", "md name", "ceo", "chairman", "managing director", "whatsapp", "ceo name",
)  # fmt: skip
