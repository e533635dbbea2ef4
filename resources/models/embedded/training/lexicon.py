# SPDX-License-Identifier: MIT
"""Words of the embedded model's domain in four languages: English | German | Spanish | French.

Every table is text, one entry a line, so that a reader can correct a translation without touching code.
Gender marks: m f n for German (p = plural), m f (and p) for Spanish and French.
"""


def table(text):
    return [tuple(c.strip() for c in line.split("|")) for line in text.strip().splitlines()]


NAMES = """Anna Ben Carla David Emma Frank Grace Henry Julia Kevin Laura Martin Nina Oliver Paula Robert Sara Thomas Victor
Maria Peter Lisa Simon Eva Alan Barbara Charles Diana Edward Fiona George Helen Ivan Jane Karen Leo Monica Nathan Olivia Patrick
Rachel Sam Tina Walter Alice Bruno Claire Daniel Elena Felix Hannah Jack Kate Lucas Megan Oscar Rosa Sofia Tom Vera""".split()

# article+noun as object (accusative) and as subject (nominative) are built from the bare noun and its gender
# English noun | German | g | Spanish | g | French | g
DOCUMENTS = table("""
report | Bericht | m | informe | m | rapport | m
contract | Vertrag | m | contrato | m | contrat | m
budget | Budget | n | presupuesto | m | budget | m
summary | Zusammenfassung | f | resumen | m | résumé | m
presentation | Präsentation | f | presentación | f | présentation | f
invoice | Rechnung | f | factura | f | facture | f
plan | Plan | m | plan | m | plan | m
schedule | Zeitplan | m | calendario | m | calendrier | m
proposal | Vorschlag | m | propuesta | f | proposition | f
list | Liste | f | lista | f | liste | f
manual | Handbuch | n | manual | m | manuel | m
agenda | Tagesordnung | f | agenda | f | programme | m
offer | Angebot | n | oferta | f | offre | f
survey | Umfrage | f | encuesta | f | enquête | f
letter | Brief | m | carta | f | lettre | f
article | Artikel | m | artículo | m | article | m
brochure | Broschüre | f | folleto | m | brochure | f
drawing | Zeichnung | f | dibujo | m | dessin | m
forecast | Prognose | f | previsión | f | prévision | f
strategy | Strategie | f | estrategia | f | stratégie | f
design | Entwurf | m | diseño | m | projet | m
form | Formular | n | formulario | m | formulaire | m
document | Dokument | n | documento | m | document | m
file | Datei | f | archivo | m | fichier | m
folder | Ordner | m | carpeta | f | dossier | m
message | Nachricht | f | mensaje | m | message | m
order | Bestellung | f | pedido | m | commande | f
protocol | Protokoll | n | protocolo | m | protocole | m
questionnaire | Fragebogen | m | cuestionario | m | questionnaire | m
guideline | Richtlinie | f | directriz | f | directive | f
application | Antrag | m | solicitud | f | demande | f
certificate | Zertifikat | n | certificado | m | certificat | m
slides | Folien | p | diapositivas | fp | diapositives | fp
figures | Zahlen | p | cifras | fp | chiffres | mp
photos | Fotos | p | fotos | fp | photos | fp
results | Ergebnisse | p | resultados | mp | résultats | mp
notes | Notizen | p | notas | fp | notes | fp
tables | Tabellen | p | tablas | fp | tableaux | mp
receipts | Belege | p | recibos | mp | reçus | mp
answers | Antworten | p | respuestas | fp | réponses | fp
""")

# English | German stem | Spanish m, f | French m, f
ADJECTIVES = table("""
final | endgültig | final | final | final | finale
annual | jährlich | anual | anual | annuel | annuelle
monthly | monatlich | mensual | mensual | mensuel | mensuelle
technical | technisch | técnico | técnica | technique | technique
internal | intern | interno | interna | interne | interne
complete | vollständig | completo | completa | complet | complète
detailed | ausführlich | detallado | detallada | détaillé | détaillée
short | kurz | corto | corta | court | courte
current | aktuell | actual | actual | actuel | actuelle
revised | überarbeitet | revisado | revisada | révisé | révisée
important | wichtig | importante | importante | important | importante
confidential | vertraulich | confidencial | confidencial | confidentiel | confidentielle
missing | fehlend | pendiente | pendiente | manquant | manquante
simple | einfach | sencillo | sencilla | simple | simple
""")

# English | German infinitive | with zu | participle | Spanish infinitive | French infinitive | Spanish participle | French participle
VERBS = table("""
send | senden | zu senden | gesendet | enviar | envoyer | enviado | envoyé
review | prüfen | zu prüfen | geprüft | revisar | vérifier | revisado | vérifié
update | aktualisieren | zu aktualisieren | aktualisiert | actualizar | actualiser | actualizado | actualisé
print | drucken | zu drucken | gedruckt | imprimir | imprimer | impreso | imprimé
finish | fertigstellen | fertigzustellen | fertiggestellt | terminar | terminer | terminado | terminé
translate | übersetzen | zu übersetzen | übersetzt | traducir | traduire | traducido | traduit
share | teilen | zu teilen | geteilt | compartir | partager | compartido | partagé
approve | genehmigen | zu genehmigen | genehmigt | aprobar | approuver | aprobado | approuvé
archive | archivieren | zu archivieren | archiviert | archivar | archiver | archivado | archivé
correct | korrigieren | zu korrigieren | korrigiert | corregir | corriger | corregido | corrigé
upload | hochladen | hochzuladen | hochgeladen | subir | charger | subido | chargé
copy | kopieren | zu kopieren | kopiert | copiar | copier | copiado | copié
present | vorstellen | vorzustellen | vorgestellt | presentar | présenter | presentado | présenté
read | lesen | zu lesen | gelesen | leer | lire | leído | lu
discuss | besprechen | zu besprechen | besprochen | discutir | discuter | discutido | discuté
prepare | vorbereiten | vorzubereiten | vorbereitet | preparar | préparer | preparado | préparé
write | schreiben | zu schreiben | geschrieben | escribir | écrire | escrito | écrit
delete | löschen | zu löschen | gelöscht | borrar | supprimer | borrado | supprimé
find | finden | zu finden | gefunden | encontrar | trouver | encontrado | trouvé
compare | vergleichen | zu vergleichen | verglichen | comparar | comparer | comparado | comparé
publish | veröffentlichen | zu veröffentlichen | veröffentlicht | publicar | publier | publicado | publié
change | ändern | zu ändern | geändert | cambiar | modifier | cambiado | modifié
simplify | vereinfachen | zu vereinfachen | vereinfacht | simplificar | simplifier | simplificado | simplifié
collect | sammeln | zu sammeln | gesammelt | reunir | rassembler | reunido | rassemblé
explain | erklären | zu erklären | erklärt | explicar | expliquer | explicado | expliqué
check | kontrollieren | zu kontrollieren | kontrolliert | comprobar | contrôler | comprobado | contrôlé
""")

# Whole tasks: English | German object | infinitive | with zu | Spanish | French
TASKS = table("""
call the supplier | den Lieferanten | anrufen | anzurufen | llamar al proveedor | appeler le fournisseur
call the customer | den Kunden | anrufen | anzurufen | llamar al cliente | appeler le client
test the new version | die neue Version | testen | zu testen | probar la nueva versión | tester la nouvelle version
book the meeting room | den Besprechungsraum | buchen | zu buchen | reservar la sala de reuniones | réserver la salle de réunion
book a hotel | ein Hotel | buchen | zu buchen | reservar un hotel | réserver un hôtel
book the flights | die Flüge | buchen | zu buchen | reservar los vuelos | réserver les vols
fix the printer | den Drucker | reparieren | zu reparieren | reparar la impresora | réparer l'imprimante
repair the server | den Server | reparieren | zu reparieren | reparar el servidor | réparer le serveur
repair the machine | die Maschine | reparieren | zu reparieren | reparar la máquina | réparer la machine
plan the workshop | den Workshop | planen | zu planen | planificar el taller | planifier l'atelier
plan the summer party | das Sommerfest | planen | zu planen | planificar la fiesta de verano | planifier la fête d'été
train the new colleagues | die neuen Kollegen | schulen | zu schulen | formar a los nuevos compañeros | former les nouveaux collègues
sign the agreement | die Vereinbarung | unterschreiben | zu unterschreiben | firmar el acuerdo | signer l'accord
cancel the subscription | das Abonnement | kündigen | zu kündigen | cancelar la suscripción | annuler l'abonnement
visit the factory | die Fabrik | besuchen | zu besuchen | visitar la fábrica | visiter l'usine
visit the trade fair | die Messe | besuchen | zu besuchen | visitar la feria | visiter le salon
invite the customers | die Kunden | einladen | einzuladen | invitar a los clientes | inviter les clients
invite the partners | die Partner | einladen | einzuladen | invitar a los socios | inviter les partenaires
hire two engineers | zwei Ingenieure | einstellen | einzustellen | contratar a dos ingenieros | embaucher deux ingénieurs
hire an assistant | eine Assistentin | einstellen | einzustellen | contratar a una asistente | embaucher une assistante
move the server room | den Serverraum | verlegen | zu verlegen | trasladar la sala de servidores | déplacer la salle des serveurs
launch the product | das Produkt | einführen | einzuführen | lanzar el producto | lancer le produit
launch the campaign | die Kampagne | starten | zu starten | lanzar la campaña | lancer la campagne
record the next meeting | die nächste Besprechung | aufnehmen | aufzunehmen | grabar la próxima reunión | enregistrer la prochaine réunion
close the old office | das alte Büro | schließen | zu schließen | cerrar la oficina antigua | fermer l'ancien bureau
open a new office | ein neues Büro | eröffnen | zu eröffnen | abrir una nueva oficina | ouvrir un nouveau bureau
pay the rent | die Miete | bezahlen | zu bezahlen | pagar el alquiler | payer le loyer
update the software | die Software | aktualisieren | zu aktualisieren | actualizar el software | mettre à jour le logiciel
install the update | das Update | installieren | zu installieren | instalar la actualización | installer la mise à jour
change the password | das Passwort | ändern | zu ändern | cambiar la contraseña | changer le mot de passe
clean the kitchen | die Küche | putzen | zu putzen | limpiar la cocina | nettoyer la cuisine
paint the hall | die Halle | streichen | zu streichen | pintar la sala | peindre la salle
measure the temperature | die Temperatur | messen | zu messen | medir la temperatura | mesurer la température
reduce the costs | die Kosten | senken | zu senken | reducir los costes | réduire les coûts
raise the prices | die Preise | erhöhen | zu erhöhen | subir los precios | augmenter les prix
improve the quality | die Qualität | verbessern | zu verbessern | mejorar la calidad | améliorer la qualité
count the stock | den Bestand | zählen | zu zählen | contar las existencias | compter le stock
pack the boxes | die Kisten | packen | zu packen | preparar las cajas | préparer les cartons
deliver the goods | die Ware | liefern | zu liefern | entregar la mercancía | livrer la marchandise
order the material | das Material | bestellen | zu bestellen | pedir el material | commander le matériel
ask the lawyer | den Anwalt | fragen | zu fragen | preguntar al abogado | consulter l'avocat
meet the investors | die Investoren | treffen | zu treffen | reunirse con los inversores | rencontrer les investisseurs
back up the database | die Datenbank | sichern | zu sichern | guardar la base de datos | sauvegarder la base de données
build a prototype | einen Prototyp | bauen | zu bauen | construir un prototipo | construire un prototype
choose a new logo | ein neues Logo | auswählen | auszuwählen | elegir un nuevo logotipo | choisir un nouveau logo
start the project | das Projekt | beginnen | zu beginnen | empezar el proyecto | commencer le projet
stop the production | die Produktion | stoppen | zu stoppen | parar la producción | arrêter la production
rent a car | ein Auto | mieten | zu mieten | alquilar un coche | louer une voiture
reserve a table for lunch | einen Tisch für das Mittagessen | reservieren | zu reservieren | reservar una mesa para comer | réserver une table pour le déjeuner
answer the email | die E-Mail | beantworten | zu beantworten | contestar el correo | répondre au courriel
forward the email | die E-Mail | weiterleiten | weiterzuleiten | reenviar el correo | transférer le courriel
organize the training | die Schulung | organisieren | zu organisieren | organizar la formación | organiser la formation
replace the battery | die Batterie | ersetzen | zu ersetzen | cambiar la batería | remplacer la batterie
lock the door | die Tür | abschließen | abzuschließen | cerrar la puerta | fermer la porte
water the plants | die Pflanzen | gießen | zu gießen | regar las plantas | arroser les plantes
thank the volunteers | die Freiwilligen | loben | zu loben | agradecer a los voluntarios | remercier les bénévoles
""")

WEEKDAYS = table("""
Monday | Montag | lunes | lundi
Tuesday | Dienstag | martes | mardi
Wednesday | Mittwoch | miércoles | mercredi
Thursday | Donnerstag | jueves | jeudi
Friday | Freitag | viernes | vendredi
Saturday | Samstag | sábado | samedi
Sunday | Sonntag | domingo | dimanche
""")
MONTHS = table("""
January | Januar | enero | janvier
February | Februar | febrero | février
March | März | marzo | mars
April | April | abril | avril
May | Mai | mayo | mai
June | Juni | junio | juin
July | Juli | julio | juillet
August | August | agosto | août
September | September | septiembre | septembre
October | Oktober | octubre | octobre
November | November | noviembre | novembre
December | Dezember | diciembre | décembre
""")
WHEN = table("""
tomorrow | morgen | mañana | demain
today | heute | hoy | aujourd'hui
tonight | heute Abend | esta noche | ce soir
next week | nächste Woche | la próxima semana | la semaine prochaine
this week | diese Woche | esta semana | cette semaine
next month | nächsten Monat | el próximo mes | le mois prochain
next year | nächstes Jahr | el próximo año | l'année prochaine
by the end of the month | bis Ende des Monats | antes de fin de mes | avant la fin du mois
by the end of the year | bis Ende des Jahres | antes de fin de año | avant la fin de l'année
after the meeting | nach der Besprechung | después de la reunión | après la réunion
before the holidays | vor den Ferien | antes de las vacaciones | avant les vacances
after lunch | nach dem Mittagessen | después de comer | après le déjeuner
as soon as possible | so bald wie möglich | lo antes posible | dès que possible
this afternoon | heute Nachmittag | esta tarde | cet après-midi
tomorrow morning | morgen früh | mañana por la mañana | demain matin
tomorrow evening | morgen Abend | mañana por la noche | demain soir
in the summer | im Sommer | en verano | en été
in the autumn | im Herbst | en otoño | en automne
in the winter | im Winter | en invierno | en hiver
in the spring | im Frühling | en primavera | au printemps
immediately | sofort | inmediatamente | immédiatement
""")

# Subjects: English | German nominative | Spanish | French
ROLES = table("""
the sales team | das Verkaufsteam | el equipo de ventas | l'équipe commerciale
the support team | das Supportteam | el equipo de soporte | l'équipe d'assistance
the marketing team | das Marketingteam | el equipo de marketing | l'équipe marketing
the finance team | das Finanzteam | el equipo de finanzas | l'équipe financière
the design team | das Designteam | el equipo de diseño | l'équipe de conception
the manager | der Manager | el gerente | le responsable
the director | der Direktor | el director | le directeur
the engineer | der Ingenieur | el ingeniero | l'ingénieur
the customer | der Kunde | el cliente | le client
the supplier | der Lieferant | el proveedor | le fournisseur
the lawyer | der Anwalt | el abogado | l'avocat
the teacher | die Lehrerin | la profesora | la professeure
the doctor | die Ärztin | la doctora | la médecin
the nurse | der Pfleger | el enfermero | l'infirmier
the accountant | der Buchhalter | el contable | le comptable
the secretary | die Sekretärin | la secretaria | la secrétaire
the president | die Präsidentin | la presidenta | la présidente
the architect | die Architektin | la arquitecta | l'architecte
the developer | der Entwickler | el desarrollador | le développeur
the analyst | die Analystin | la analista | l'analyste
the assistant | die Assistentin | la asistente | l'assistante
the student | die Studentin | la estudiante | l'étudiante
the driver | der Fahrer | el conductor | le chauffeur
the mechanic | der Mechaniker | el mecánico | le mécanicien
the committee | der Ausschuss | el comité | le comité
the board | der Vorstand | la junta | le conseil
the auditor | die Prüferin | la auditora | l'auditrice
the partner | der Partner | el socio | le partenaire
the intern | der Praktikant | el becario | le stagiaire
the receptionist | die Empfangsdame | la recepcionista | la réceptionniste
""")

# English | German nominative | Spanish | gender | French | gender
THINGS = table("""
the project | das Projekt | el proyecto | m | le projet | m
the product | das Produkt | el producto | m | le produit | m
the website | die Website | la página web | f | le site web | m
the software | die Software | la aplicación | f | le logiciel | m
the training | die Schulung | la formación | f | la formation | f
the budget | das Budget | el presupuesto | m | le budget | m
the contract | der Vertrag | el contrato | m | le contrat | m
the report | der Bericht | el informe | m | le rapport | m
the room | der Raum | la sala | f | la salle | f
the machine | die Maschine | la máquina | f | la machine | f
the price | der Preis | el precio | m | le prix | m
the coffee | der Kaffee | el café | m | le café | m
the network | das Netzwerk | la red | f | le réseau | m
the building | das Gebäude | el edificio | m | le bâtiment | m
the warehouse | das Lager | el almacén | m | l'entrepôt | m
the delivery | die Lieferung | la entrega | f | la livraison | f
the interview | das Gespräch | la entrevista | f | l'entretien | m
the solution | die Lösung | la solución | f | la solution | f
the screen | der Bildschirm | la pantalla | f | l'écran | m
the weather | das Wetter | el tiempo | m | le temps | m
the keyboard | die Tastatur | el teclado | m | le clavier | m
the camera | die Kamera | la cámara | f | la caméra | f
""")
# English | German | Spanish ser/estar | m | f | French m | f
STATES = table("""
ready | fertig | está | listo | lista | prêt | prête
late | verspätet | está | retrasado | retrasada | en retard | en retard
expensive | teuer | es | caro | cara | cher | chère
important | wichtig | es | importante | importante | important | importante
complete | vollständig | está | completo | completa | complet | complète
very good | sehr gut | es | muy bueno | muy buena | très bon | très bonne
bad | schlecht | es | malo | mala | mauvais | mauvaise
too small | zu klein | es | demasiado pequeño | demasiado pequeña | trop petit | trop petite
too big | zu groß | es | demasiado grande | demasiado grande | trop grand | trop grande
new | neu | es | nuevo | nueva | nouveau | nouvelle
old | alt | es | viejo | vieja | vieux | vieille
broken | kaputt | está | roto | rota | cassé | cassée
available | verfügbar | está | disponible | disponible | disponible | disponible
safe | sicher | es | seguro | segura | sûr | sûre
useful | nützlich | es | útil | útil | utile | utile
perfect | perfekt | es | perfecto | perfecta | parfait | parfaite
empty | leer | está | vacío | vacía | vide | vide
clean | sauber | está | limpio | limpia | propre | propre
slow | langsam | es | lento | lenta | lent | lente
""")
# English | German | plural? | Spanish | plural? | French | plural?
METRICS = table("""
Sales | Der Umsatz | s | Las ventas | p | Les ventes | fp
Costs | Die Kosten | p | Los costes | p | Les coûts | mp
Orders | Die Bestellungen | p | Los pedidos | p | Les commandes | fp
Profit | Der Gewinn | s | El beneficio | s | Le bénéfice | ms
Revenue | Der Erlös | s | El ingreso | s | Le revenu | ms
Traffic | Der Verkehr | s | El tráfico | s | Le trafic | ms
Production | Die Produktion | s | La producción | s | La production | fs
Complaints | Die Beschwerden | p | Las quejas | p | Les plaintes | fp
Exports | Die Exporte | p | Las exportaciones | p | Les exportations | fp
Temperature | Die Temperatur | s | La temperatura | s | La température | fs
""")
ITEMS = table("""
laptops | Laptops | portátiles | ordinateurs
chairs | Stühle | sillas | chaises
phones | Telefone | teléfonos | téléphones
screens | Bildschirme | pantallas | écrans
desks | Schreibtische | escritorios | bureaux
licenses | Lizenzen | licencias | licences
cables | Kabel | cables | câbles
printers | Drucker | impresoras | imprimantes
keyboards | Tastaturen | teclados | claviers
cameras | Kameras | cámaras | caméras
boxes | Kisten | cajas | cartons
bottles | Flaschen | botellas | bouteilles
tickets | Fahrkarten | billetes | billets
books | Bücher | libros | livres
lamps | Lampen | lámparas | lampes
keys | Schlüssel | llaves | clés
tools | Werkzeuge | herramientas | outils
batteries | Batterien | baterías | batteries
people | Personen | personas | personnes
samples | Muster | muestras | échantillons
""")
CITIES = table("""
London | London | Londres | Londres
Berlin | Berlin | Berlín | Berlin
Madrid | Madrid | Madrid | Madrid
Paris | Paris | París | Paris
Vienna | Wien | Viena | Vienne
Boston | Boston | Boston | Boston
Chicago | Chicago | Chicago | Chicago
Rome | Rom | Roma | Rome
Dublin | Dublin | Dublín | Dublin
Zurich | Zürich | Zúrich | Zurich
Lisbon | Lissabon | Lisboa | Lisbonne
Prague | Prag | Praga | Prague
Warsaw | Warschau | Varsovia | Varsovie
Brussels | Brüssel | Bruselas | Bruxelles
Oslo | Oslo | Oslo | Oslo
Athens | Athen | Atenas | Athènes
Seattle | Seattle | Seattle | Seattle
Toronto | Toronto | Toronto | Toronto
Milan | Mailand | Milán | Milan
Munich | München | Múnich | Munich
Geneva | Genf | Ginebra | Genève
Hamburg | Hamburg | Hamburgo | Hambourg
""")
PERSONS = [x for x in ROLES if not any(w in x[0] for w in ("team", "committee", "board"))]

# what parts of charts and rows of tables are called, beside months, weekdays, cities, things and names
REGIONS = table("""
North | Norden | Norte | Nord
South | Süden | Sur | Sud
East | Osten | Este | Est
West | Westen | Oeste | Ouest
Center | Mitte | Centro | Centre
""")
COLORS = table("""
Red | Rot | Rojo | Rouge
Blue | Blau | Azul | Bleu
Green | Grün | Verde | Vert
Pink | Rosa | Rosa | Rose
Gray | Grau | Gris | Gris
Black | Schwarz | Negro | Noir
""")
QUARTERS = ["Q1", "Q2", "Q3", "Q4"]
LETTERS = list("ABCDEFGH")
